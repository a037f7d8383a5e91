#include "vault/storage/redis/index.h"

#include <algorithm>
#include <thread>

#include "vault/storage/redis/scripts.h"

namespace cardvault {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Longer than a commit in flight takes, unless its process is stopped.
constexpr std::chrono::milliseconds kForAPendingCommit{1000};
constexpr std::chrono::milliseconds kBetweenLooks{20};
/// Maximum number of stray entries that one claim removes. Each stray entry needs a process that
/// died.
constexpr int kMostStrays = 16;
/// Version for an entry that no commit wrote: every version of the wallet may remove it.
constexpr std::uint64_t kFirstVersion = 1;

Command claim_command(const IndexKey& key, const WalletId& wallet, std::uint64_t version) {
  Command command(redis_scripts::claim_index(), 1);
  command.key(index_key_name(key))
      .word(id_bytes(wallet))
      .number(static_cast<std::int64_t>(version))
      .word(is_unique(key.kind) ? "1" : "0");
  return command;
}

}  // namespace

Result<std::vector<WalletId>> RedisIndex::find(const IndexKey& key) const {
  TRY_VALUE(
      const auto reply,
      client_.run(Command("ZRANGE").key(index_key_name(key)).number(0).number(-1), Effort::read));
  auto wallets = wallets_of(reply);
  if (wallets) std::ranges::sort(*wallets);
  return wallets;
}

Result<bool> RedisIndex::leads_to(const IndexKey& key, const WalletId& wallet) const {
  TRY_VALUE(
      const auto reply,
      client_.run(Command("ZSCORE").key(index_key_name(key)).word(id_bytes(wallet)), Effort::read));
  return !reply.is_nil();
}

Result<std::vector<WalletId>> RedisIndex::find_held(const IndexKey& key) const {
  auto wallets = find(key);
  if (!wallets || !is_unique(key.kind)) return wallets;
  std::vector<WalletId> held;
  for (const auto& wallet : *wallets) {
    TRY_VALUE(const auto reply,
              client_.run(Command("HGET").key(wallet_key(wallet)).word("w"), Effort::read));
    if (reply.is_nil()) continue;
    TRY_VALUE(const auto value, parse_wallet_value(reply.text()));
    const bool has = std::ranges::find(value.claims, key) != value.claims.end();
    if (has) held.push_back(wallet);
  }
  return held;
}

Result<bool> RedisIndex::add(std::span<const IndexEntry> entries) const {
  std::vector<Command> claims;
  std::vector<Command> confirmations;
  for (const auto& [key, wallet] : entries) {
    claims.push_back(claim_command(key, wallet, kFirstVersion));
    if (!is_unique(key.kind)) continue;
    Command command(redis_scripts::add_claim(), 1);
    command.key(wallet_key(wallet)).word(index_key_bytes(key));
    confirmations.push_back(std::move(command));
  }
  TRY_VALUE(const auto claimed, client_.run_all(claims, Effort::repeat_durably));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (claimed[i].size() == 0) continue;
    // Another wallet has an entry there. It may be stray.
    const auto alone = claim_one(entries[i].key, entries[i].wallet, kFirstVersion);
    if (!alone || !*alone) return alone;
  }
  TRY(client_.run_all(confirmations, Effort::repeat_durably));
  return true;
}

Result<bool> RedisIndex::claim(const Commit& change) const {
  // Check all entries before writing any, so that a refusal leaves nothing behind.
  const bool several = change.add_index.size() > 1;
  for (const auto& key : change.add_index) {
    if (!several || !is_unique(key.kind)) continue;
    const auto free = is_free(key, change.wallet);
    if (!free || !*free) return free;
  }
  for (const auto& key : change.add_index) {
    const auto claimed = claim_one(key, change.wallet, change.expected_version + 1);
    if (!claimed || !*claimed) return claimed;
  }
  return true;
}

Status RedisIndex::withdraw(const Commit& change) const {
  if (change.expected_version > 0) return {};
  return remove(change.add_index, change.wallet, 1);
}

Status RedisIndex::release(const Commit& change) const {
  std::vector<IndexKey> gone;
  for (const auto& key : change.remove_index) {
    if (std::ranges::find(change.add_index, key) == change.add_index.end()) gone.push_back(key);
  }
  return remove(gone, change.wallet, change.expected_version + 1);
}

Result<bool> RedisIndex::is_free(const IndexKey& key, const WalletId& wallet) const {
  TRY_VALUE(const auto reply,
            client_.run(
                Command("ZRANGE").key(index_key_name(key)).number(0).number(-1).word("WITHSCORES"),
                Effort::read));
  for (std::size_t i = 0; i + 1 < reply.size(); i += 2) {
    if (reply.text(i) == id_bytes(wallet)) continue;
    TRY_VALUE(const auto held, is_held(key, {.wallet = std::string(reply.text(i)),
                                             .version = reply.number(i + 1).value_or(0)}));
    if (held) return false;
  }
  return true;
}

Result<bool> RedisIndex::claim_one(const IndexKey& key, const WalletId& wallet,
                                   std::uint64_t version) const {
  for (int strays = 0; strays < kMostStrays; ++strays) {
    // Wait for replicas: if the entry is lost, the wallet cannot be found.
    TRY_VALUE(const auto reply,
              client_.run(claim_command(key, wallet, version), Effort::repeat_durably));
    if (reply.size() < 2) return true;
    TRY_VALUE(const auto held, is_held(key, {.wallet = std::string(reply.text(0)),
                                             .version = reply.number(1).value_or(0)}));
    if (held) return false;
  }
  return fail(store_unavailable("redis: stray index entries keep appearing"));
}

Result<bool> RedisIndex::is_held(const IndexKey& key, const Holder& other) const {
  TRY_VALUE(const auto wallet, wallet_id_of(other.wallet));
  const auto give_up = SteadyClock::now() + kForAPendingCommit;
  while (true) {
    const bool final = SteadyClock::now() >= give_up;
    Command command(redis_scripts::settle_claim(), 1);
    command.key(wallet_key(wallet))
        .word(index_key_bytes(key))
        .number(other.version)
        .word(final ? "1" : "0");
    TRY_VALUE(const auto reply,
              client_.run(command, final ? Effort::repeat_durably : Effort::repeatable));
    if (reply.text() == "held") return true;
    if (reply.text() == "stray") break;
    std::this_thread::sleep_for(kBetweenLooks);
  }
  TRY(remove({key}, wallet, static_cast<std::uint64_t>(other.version)));
  return false;
}

Status RedisIndex::remove(const std::vector<IndexKey>& keys, const WalletId& wallet,
                          std::uint64_t version) const {
  std::vector<Command> commands;
  for (const auto& key : keys) {
    Command command(redis_scripts::release_index(), 1);
    command.key(index_key_name(key))
        .word(id_bytes(wallet))
        .number(static_cast<std::int64_t>(version));
    commands.push_back(std::move(command));
  }
  TRY(client_.run_all(commands, Effort::repeatable));
  return {};
}

}  // namespace cardvault
