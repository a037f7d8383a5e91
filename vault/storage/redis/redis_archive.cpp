#include "vault/storage/redis/redis_archive.h"

#include <algorithm>
#include <utility>

#include "vault/storage/redis/due_queue.h"
#include "vault/storage/redis/guarantees.h"
#include "vault/storage/redis/index.h"
#include "vault/storage/redis/key_list.h"
#include "vault/storage/redis/scripts.h"
#include "vault/storage/redis/wallet_value.h"

namespace cardvault {
namespace {

constexpr std::string_view kIndexPrefix = "cv:i:";

/// Reads one field of a wallet's hash into the image. Audit fields come in any order.
Status read_field(std::string_view name, std::string_view bytes, WalletImage& image) {
  if (name == "w") {
    TRY_VALUE(auto value, parse_wallet_value(bytes));
    image.wallet = {.version = value.version, .record = std::move(value.record)};
    image.due = value.due;
  } else if (name == "p") {
    TRY_VALUE(auto pans, parse_pans(bytes));
    image.pans = std::move(pans);
  } else if (name.starts_with('a')) {
    TRY_VALUE(const auto number, parse_audit_field_name(name));
    TRY_VALUE(auto rows, parse_audit_field(bytes, number * kAuditEntriesInAField + 1));
    std::ranges::move(rows, std::back_inserter(image.audit));
  }
  return {};
}

/// Returns nullopt if the wallet does not exist, or only the mark that forbids its creation.
Result<std::optional<WalletImage>> image_of(const WalletId& id, const Reply& hash) {
  WalletImage image;
  image.id = id;
  for (std::size_t i = 0; i + 1 < hash.size(); i += 2) {
    TRY(read_field(hash.text(i), hash.text(i + 1), image));
  }
  if (image.wallet.version == 0) return std::nullopt;
  std::ranges::sort(image.pans, {}, [](const auto& pan) { return pan.first; });
  std::ranges::sort(image.audit, {}, &AuditRow::seq);
  return image;
}

Command import_command(const WalletImage& image) {
  Command command(redis_scripts::import_wallet(), 1);
  command.key(wallet_key(image.id)).word(eight_bytes(image.wallet.version));
  command.number(due_number(image.due)).word(image.wallet.record.bytes());
  std::string pans;
  for (const auto& [card, record] : image.pans) pans += pan_entry_bytes(card, record);
  command.word(pans).number(static_cast<std::int64_t>(image.audit.size()));
  for (const auto& row : image.audit) command.word(audit_entry_bytes(row));
  return command;
}

class RedisArchive final : public WalletArchive {
 public:
  explicit RedisArchive(std::unique_ptr<RedisClient> client)
      : client_(std::move(client)), keys_(*client_), index_(*client_), due_(*client_) {}

  Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                             std::size_t limit) override {
    return keys_.list_wallets(cursor, limit);
  }

  Result<std::vector<WalletImage>> export_wallets(std::span<const WalletId> wallets) override {
    std::vector<Command> commands;
    for (const auto& id : wallets) commands.push_back(Command("HGETALL").key(wallet_key(id)));
    TRY_VALUE(const auto replies, client_->run_all(commands, Effort::read));
    std::vector<WalletImage> images;
    for (std::size_t i = 0; i < wallets.size(); ++i) {
      TRY_VALUE(auto image, image_of(wallets[i], replies[i]));
      if (image) images.push_back(std::move(*image));
    }
    return images;
  }

  Status import_wallets(std::span<const WalletImage> images) override {
    std::vector<Command> commands;
    for (const auto& image : images) {
      if (image.due) {
        TRY(due_.prepare(image.id, *image.due, image.wallet.version));
      }
      commands.push_back(import_command(image));
    }
    TRY_VALUE(const auto replies, client_->run_all(commands, Effort::repeat_durably));
    for (std::size_t i = 0; i < images.size(); ++i) {
      const bool was_due = replies[i].text() == "due";
      if (!was_due && !images[i].due) continue;
      TRY(due_.settle(images[i].id, images[i].due, images[i].wallet.version, true));
    }
    return {};
  }

  Result<ArchivePage<IndexEntry>> list_index(const std::string& cursor,
                                             std::size_t limit) override {
    TRY_VALUE(auto names, keys_.list("cv:i:*", cursor, limit));
    ArchivePage<IndexEntry> page{.items = {}, .next = std::move(names.next)};
    for (const auto& name : names.items) {
      TRY_VALUE(const auto key,
                parse_index_key(std::string_view(name).substr(kIndexPrefix.size())));
      TRY_VALUE(const auto wallets, index_.find_held(key));
      for (const auto& wallet : wallets) page.items.push_back({.key = key, .wallet = wallet});
    }
    return page;
  }

  Status import_index(std::span<const IndexEntry> entries) override {
    TRY_VALUE(const auto added, index_.add(entries));
    if (added) return {};
    return fail(ErrorCode::internal, "The store refused the change.",
                OperatorText{"a unique index entry leads to another wallet"});
  }

  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override {
    TRY_VALUE(const auto reply,
              client_->run(Command("GET").key(vault_record_key(which)), Effort::read));
    if (reply.is_nil()) return std::nullopt;
    return parse_vault_record(reply.text());
  }

  Status import_vault_record(VaultRecord which, const StoredWallet& record) override {
    std::string value = eight_bytes(record.version);
    value += as_text(record.record.bytes());
    TRY(client_->run(Command("SET").key(vault_record_key(which)).word(value),
                     Effort::repeat_durably));
    return {};
  }

 private:
  const std::unique_ptr<RedisClient> client_;
  const RedisKeyList keys_;
  const RedisIndex index_;
  const RedisDueQueue due_;
};

}  // namespace

Result<std::unique_ptr<WalletArchive>> open_redis_archive(RedisOptions options) {
  TRY_VALUE(auto client, open_redis_client(std::move(options)));
  return std::make_unique<RedisArchive>(std::move(client));
}

}  // namespace cardvault
