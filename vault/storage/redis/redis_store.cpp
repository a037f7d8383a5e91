#include "vault/storage/redis/redis_store.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <utility>

#include "vault/storage/audit_misfit.h"
#include "vault/storage/copy/steps.h"
#include "vault/storage/redis/client.h"
#include "vault/storage/redis/compaction.h"
#include "vault/storage/redis/due_queue.h"
#include "vault/storage/redis/guarantees.h"
#include "vault/storage/redis/index.h"
#include "vault/storage/redis/key_list.h"
#include "vault/storage/redis/scripts.h"
#include "vault/storage/redis/snapshot.h"
#include "vault/storage/redis/wallet_value.h"

namespace cardvault {
namespace {

/// Number of audit fields that are read at once.
constexpr std::uint64_t kFieldsAtOnce = 16;
/// Number of concurrent commits in commit_all(). A server syncs concurrent commits together.
constexpr std::size_t kCommitsAtOnce = 8;

std::string version_bytes(std::uint64_t version) {
  return version == 0 ? std::string() : eight_bytes(version);
}

/// Returns the number of the first entry if the numbers have no gap. Otherwise returns 0, which
/// never fits.
std::uint64_t first_number(const std::vector<AuditRow>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].seq != rows.front().seq + i) return 0;
  }
  return rows.empty() ? 0 : rows.front().seq;
}

void add_list(Command& command, const std::vector<std::string>& list) {
  command.number(static_cast<std::int64_t>(list.size()));
  for (const auto& one : list) command.word(one);
}

std::vector<std::string> claims_in(const std::vector<IndexKey>& keys) {
  std::vector<std::string> claims;
  for (const auto& key : keys) {
    if (is_unique(key.kind)) claims.push_back(index_key_bytes(key));
  }
  return claims;
}

void add_pans(Command& command, const Commit& change) {
  command.number(static_cast<std::int64_t>(change.delete_pans.size()));
  for (const auto& card : change.delete_pans) command.word(card.bits().bytes);
  std::map<CardId, const SealedRecord*> last;
  for (const auto& [card, record] : change.put_pans) last[card] = &record;
  command.number(static_cast<std::int64_t>(last.size()));
  for (const auto& [card, record] : last) {
    command.word(card.bits().bytes).word(pan_entry_bytes(card, *record));
  }
}

Command commit_command(const Commit& change, bool prepared) {
  Command command(redis_scripts::commit_wallet(), 1);
  command.key(wallet_key(change.wallet));
  command.word(version_bytes(change.expected_version));
  command.word(eight_bytes(change.expected_version + 1));
  command.number(due_number(change.due)).word(change.record.bytes());
  const bool others = std::ranges::any_of(change.add_index,
                                          [](const IndexKey& key) { return !is_unique(key.kind); });
  command.word(prepared ? "1" : "0").word(others ? "1" : "0");
  add_list(command, claims_in(change.remove_index));
  add_list(command, claims_in(change.add_index));
  add_pans(command, change);
  command.word(change.replace_damaged_audit ? "2" : change.rewrite_audit ? "1" : "0");
  command.number(static_cast<std::int64_t>(first_number(change.audit)));
  command.number(static_cast<std::int64_t>(change.audit.size()));
  for (const auto& row : change.audit) command.word(audit_entry_bytes(row));
  return command;
}

class RedisStore final : public WalletStore {
 public:
  explicit RedisStore(std::unique_ptr<RedisClient> client)
      : client_(std::move(client)), keys_(*client_), index_(*client_), due_(*client_) {}

  Result<std::optional<StoredWallet>> load(const WalletId& wallet) override {
    TRY_VALUE(auto value, load_value(wallet));
    if (!value) return std::nullopt;
    return StoredWallet{.version = value->version, .record = std::move(value->record)};
  }

  Result<std::optional<WalletSnapshot>> load_snapshot(const WalletId& wallet,
                                                      const SnapshotParts& parts) override {
    return read_redis_snapshot(*client_, wallet, parts);
  }

  Result<CommitOutcome> commit(const Commit& change) override {
    auto reply = client_->run(commit_command(change, false), Effort::write_durably);
    if (!reply) return fail(std::move(reply.error()));
    if (reply->text(0) == "prepare") {
      TRY_VALUE(const auto prepared, prepare(change, reply->text(1) == "1"));
      if (!prepared) return CommitOutcome::index_taken;
      reply = client_->run(commit_command(change, true), Effort::write_durably);
      if (!reply) return fail(std::move(reply.error()));
      if (reply->text(0) != "committed") undo(change);
    }
    if (reply->text(0) == "conflict") return CommitOutcome::conflict;
    if (reply->text(0) != "committed") {
      return audit_misfit(change.wallet);
    }
    finish(change, reply->number(1).value_or(0) != 0);
    return CommitOutcome::committed;
  }

  Result<std::vector<CommitOutcome>> commit_all(std::span<const Commit> changes) override {
    if (changes.size() > kMostCommitsAtOnce) {
      return fail(ErrorCode::internal, "The store refused the changes.");
    }
    std::vector<CommitOutcome> outcomes(changes.size(), CommitOutcome::conflict);
    std::atomic<std::size_t> next{0};
    TRY(run_steps(kCommitsAtOnce, [&]() -> Result<bool> {
      const std::size_t i = next++;
      if (i >= changes.size()) return false;
      TRY_VALUE(const auto outcome, commit(changes[i]));
      outcomes[i] = outcome;
      return true;
    }));
    return outcomes;
  }

  Result<ArchivePage<WalletId>> list_wallets(const std::string& cursor,
                                             std::size_t limit) override {
    return keys_.list_wallets(cursor, limit);
  }

  Result<std::optional<SealedRecord>> load_pan(const WalletId& wallet,
                                               const CardId& card) override {
    TRY_VALUE(const auto reply,
              client_->run(Command("HGET").key(wallet_key(wallet)).word("p"), Effort::read));
    std::vector<std::pair<CardId, SealedRecord>> pans;
    const bool whole = read_pans(reply.text(), pans);
    for (auto& [id, record] : pans) {
      if (id == card) return std::move(record);
    }
    if (whole) return std::nullopt;
    return fail(ErrorCode::record_corrupt, "Stored data is damaged.",
                OperatorText{"redis: the PAN records of " + wallet.text() + " are cut short"});
  }

  Result<std::vector<WalletId>> find(const IndexKey& key) override { return index_.find(key); }
  Result<bool> leads_to(const IndexKey& key, const WalletId& wallet) override {
    return index_.leads_to(key, wallet);
  }

  Result<std::vector<AuditRow>> read_audit(const WalletId& wallet, std::uint64_t after,
                                           std::size_t limit) override {
    std::vector<AuditRow> rows;
    for (auto field = after / kAuditEntriesInAField; rows.size() < limit; field += kFieldsAtOnce) {
      TRY_VALUE(const auto complete, read_audit_fields(wallet, field, after, limit, rows));
      if (!complete) break;
    }
    return rows;
  }

  Result<std::vector<WalletId>> claim_due(Time now, Seconds lease, std::size_t limit) override {
    return due_.claim(now, lease, limit);
  }

  Result<std::vector<WalletId>> list_due(const WalletId& after, std::size_t limit) override {
    return due_.list(after, limit);
  }

  Result<std::optional<StoredWallet>> load_vault_record(VaultRecord which) override {
    TRY_VALUE(const auto reply,
              client_->run(Command("GET").key(vault_record_key(which)), Effort::read));
    if (reply.is_nil()) return std::nullopt;
    return parse_vault_record(reply.text());
  }

  Result<CommitOutcome> save_vault_record(VaultRecord which, std::uint64_t expected_version,
                                          const SealedRecord& record) override {
    Command command(redis_scripts::save_vault_record(), 1);
    command.key(vault_record_key(which));
    command.word(version_bytes(expected_version)).word(eight_bytes(expected_version + 1));
    TRY_VALUE(const auto reply, client_->run(command.word(record.bytes()), Effort::write_durably));
    return reply.text() == "committed" ? CommitOutcome::committed : CommitOutcome::conflict;
  }

  Status compact() override { return compact_servers(*client_); }

  Status health() override { return check_health(*client_); }

 private:
  Result<std::optional<WalletValue>> load_value(const WalletId& wallet) {
    TRY_VALUE(const auto reply,
              client_->run(Command("HGET").key(wallet_key(wallet)).word("w"), Effort::read));
    if (reply.is_nil()) return std::nullopt;
    return parse_wallet_value(reply.text());
  }

  /// Writes the index and the due queue before the wallet. Returns false if an entry is taken.
  Result<bool> prepare(const Commit& change, bool earlier) {
    TRY_VALUE(const auto claimed, index_.claim(change));
    if (!claimed) {
      undo(change);
      return false;
    }
    if (!earlier) return true;
    TRY(due_.prepare(change.wallet, *change.due, change.expected_version + 1));
    return true;
  }

  /// Undoes as much as possible now. The rest is harmless; see RedisIndex and RedisDueQueue.
  void undo(const Commit& change) {
    static_cast<void>(index_.withdraw(change));
    if (!change.due) return;
    const auto value = load_value(change.wallet);
    if (!value || !*value) return;
    static_cast<void>(due_.settle(change.wallet, (*value)->due, (*value)->version, false));
  }

  /// The commit has happened, so errors are ignored here.
  void finish(const Commit& change, bool was_due) {
    if (was_due || change.due) {
      static_cast<void>(due_.settle(change.wallet, change.due, change.expected_version + 1, true));
    }
    if (!change.remove_index.empty()) static_cast<void>(index_.release(change));
  }

  /// Returns false if no more entries exist.
  Result<bool> read_audit_fields(const WalletId& wallet, std::uint64_t field, std::uint64_t after,
                                 std::size_t limit, std::vector<AuditRow>& rows) {
    Command command("HMGET");
    command.key(wallet_key(wallet));
    for (std::uint64_t i = 0; i < kFieldsAtOnce; ++i) command.word(audit_field(field + i));
    TRY_VALUE(const auto reply, client_->run(command, Effort::read));
    for (std::uint64_t i = 0; i < kFieldsAtOnce; ++i) {
      if (reply.is_nil(i)) return false;
      TRY_VALUE(auto parsed,
                parse_audit_field(reply.text(i), (field + i) * kAuditEntriesInAField + 1));
      for (AuditRow& row : parsed) {
        if (row.seq > after && rows.size() < limit) rows.push_back(std::move(row));
      }
    }
    return true;
  }

  const std::unique_ptr<RedisClient> client_;
  const RedisKeyList keys_;
  const RedisIndex index_;
  const RedisDueQueue due_;
};

}  // namespace

Result<std::unique_ptr<WalletStore>> open_redis_store(RedisOptions options) {
  TRY_VALUE(auto client, open_redis_client(std::move(options)));
  return std::make_unique<RedisStore>(std::move(client));
}

}  // namespace cardvault
