#include "vault/storage/redis/due_queue.h"

#include <algorithm>
#include <map>
#include <utility>

#include "vault/storage/redis/scripts.h"

namespace cardvault {
namespace {

/// More than any caller requests at once, and a short step for a single-threaded server.
constexpr std::size_t kMostAtOnce = 1000;

std::size_t shard_of(const WalletId& wallet) {
  return std::hash<WalletId>{}(wallet) % RedisDueQueue::kShards;
}

std::string shard_key(const char* name, std::size_t shard) {
  return std::string("cv:") + name + ":{" + std::to_string(shard) + "}";
}
std::string due_key(std::size_t shard) {
  return shard_key("due", shard);
}
std::string ids_key(std::size_t shard) {
  return shard_key("due-ids", shard);
}
std::string holds_key(std::size_t shard) {
  return shard_key("due-held", shard);
}
std::string versions_key(std::size_t shard) {
  return shard_key("due-at", shard);
}

std::int64_t number(std::uint64_t version) {
  return static_cast<std::int64_t>(version);
}

}  // namespace

Status RedisDueQueue::prepare(const WalletId& wallet, Time due, std::uint64_t version) const {
  const auto shard = shard_of(wallet);
  Command command(redis_scripts::prepare_due(), 3);
  command.key(due_key(shard)).key(ids_key(shard)).key(versions_key(shard));
  command.word(id_bytes(wallet)).number(due_number(due)).number(number(version));
  TRY(client_.run(command, Effort::repeat_durably));
  return {};
}

Status RedisDueQueue::settle(const WalletId& wallet, const std::optional<Time>& due,
                             std::uint64_t version, bool end_hold) const {
  const auto shard = shard_of(wallet);
  Command command(redis_scripts::settle_due(), 4);
  command.key(due_key(shard)).key(ids_key(shard)).key(versions_key(shard)).key(holds_key(shard));
  command.word(id_bytes(wallet)).number(due_number(due)).number(number(version));
  command.word(end_hold ? "1" : "0");
  TRY(client_.run(command, Effort::repeatable));
  return {};
}

Result<std::vector<WalletId>> RedisDueQueue::claim(Time now, Seconds lease,
                                                   std::size_t limit) const {
  const Window window{now, lease};
  std::vector<WalletId> claimed;
  limit = std::min(limit, kMostAtOnce);
  while (claimed.size() < limit) {
    TRY_VALUE(const auto free, peek(window, limit - claimed.size()));
    TRY_VALUE(const auto held, hold(window, free));
    TRY_VALUE(const auto due, confirm(held, now));
    for (const auto& entry : due) claimed.push_back(entry.wallet);
    // Repeat only if wrong entries took the places of others.
    if (due.size() == held.size() || held.empty()) break;
  }
  return claimed;
}

Result<std::vector<WalletId>> RedisDueQueue::list(const WalletId& after, std::size_t limit) const {
  limit = std::min(limit, kMostAtOnce);
  std::vector<Command> commands;
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    Command command("ZRANGEBYLEX");
    command.key(ids_key(shard)).word("(" + id_bytes(after)).word("+");
    command.word("LIMIT").number(0).number(static_cast<std::int64_t>(limit));
    commands.push_back(std::move(command));
  }
  TRY_VALUE(const auto replies, client_.run_all(commands, Effort::read));
  std::vector<WalletId> wallets;
  for (const Reply& reply : replies) {
    TRY_VALUE(const auto in_shard, wallets_of(reply));
    wallets.insert(wallets.end(), in_shard.begin(), in_shard.end());
  }
  std::ranges::sort(wallets);
  if (wallets.size() > limit) wallets.resize(limit);
  return wallets;
}

Result<std::vector<RedisDueQueue::Entry>> RedisDueQueue::peek(const Window& window,
                                                              std::size_t limit) const {
  std::vector<Command> commands;
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    Command command(redis_scripts::peek_due(), 2);
    command.key(due_key(shard)).key(holds_key(shard));
    command.number(due_number(window.now)).number(due_number(window.now + 2 * window.lease));
    command.number(static_cast<std::int64_t>(limit));
    commands.push_back(std::move(command));
  }
  TRY_VALUE(const auto replies, client_.run_all(commands, Effort::read));
  std::vector<Entry> entries;
  for (const Reply& reply : replies) {
    for (std::size_t i = 0; i + 1 < reply.size(); i += 2) {
      TRY_VALUE(const auto wallet, wallet_id_of(reply.text(i)));
      entries.push_back({.at = reply.number(i + 1).value_or(0), .wallet = wallet});
    }
  }
  std::ranges::sort(entries);
  if (entries.size() > limit) entries.resize(limit);
  return entries;
}

Result<std::vector<WalletId>> RedisDueQueue::hold(const Window& window,
                                                  const std::vector<Entry>& entries) const {
  std::map<std::size_t, Command> by_shard;
  for (const auto& entry : entries) {
    const auto shard = shard_of(entry.wallet);
    auto found = by_shard.find(shard);
    if (found == by_shard.end()) {
      Command command(redis_scripts::hold_due(), 2);
      command.key(due_key(shard)).key(holds_key(shard));
      command.number(due_number(window.now)).number(due_number(window.now + 2 * window.lease));
      command.number(due_number(window.now + window.lease));
      found = by_shard.emplace(shard, std::move(command)).first;
    }
    found->second.word(id_bytes(entry.wallet));
  }
  std::vector<Command> commands;
  commands.reserve(by_shard.size());
  for (auto& [shard, command] : by_shard) commands.push_back(std::move(command));
  // Send this only once: if the reply to a hold is lost, the hold expires with the lease anyway.
  std::vector<WalletId> held;
  for (const auto& command : commands) {
    const auto reply = client_.run(command, Effort::write_once);
    // Return the wallets that are already held, so that they are processed.
    if (!reply && !held.empty()) break;
    if (!reply) return fail(reply.error());
    TRY_VALUE(const auto in_shard, wallets_of(*reply));
    held.insert(held.end(), in_shard.begin(), in_shard.end());
  }
  return held;
}

Result<std::vector<RedisDueQueue::Entry>> RedisDueQueue::confirm(const std::vector<WalletId>& held,
                                                                 Time now) const {
  std::vector<Command> commands;
  commands.reserve(held.size());
  for (const auto& wallet : held) {
    commands.push_back(Command("HGET").key(wallet_key(wallet)).word("w"));
  }
  TRY_VALUE(const auto replies, client_.run_all(commands, Effort::read));
  std::vector<Entry> due;
  for (std::size_t i = 0; i < held.size(); ++i) {
    WalletValue value;
    if (const Reply& reply = replies[i]; !reply.is_nil()) {
      auto parsed = parse_wallet_value(reply.text());
      if (!parsed) {
        // Return it: the caller then meets the damage, where it concerns only this wallet.
        due.push_back({.at = due_number(now), .wallet = held[i]});
        continue;
      }
      value = std::move(*parsed);
    }
    if (value.due && *value.due <= now) {
      due.push_back({.at = due_number(value.due), .wallet = held[i]});
    } else {
      TRY(settle(held[i], value.due, value.version, true));
    }
  }
  std::ranges::sort(due);
  return due;
}

}  // namespace cardvault
