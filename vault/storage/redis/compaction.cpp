#include "vault/storage/redis/compaction.h"

#include <thread>

#include "vault/storage/redis/info.h"

namespace cardvault {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Timeout for one server. A rewrite of some gigabytes takes about a minute.
constexpr std::chrono::minutes kMost{30};
constexpr std::chrono::milliseconds kBetweenLooks{50};
/// Someone else, or the server itself, may start a rewrite between the check and the command.
constexpr int kMostTries = 5;

struct Task {
  const char* command;
  const char* outcome;
};
constexpr Task kRewrite{.command = "BGREWRITEAOF", .outcome = "aof_last_bgrewrite_status"};
constexpr Task kSnapshot{.command = "BGSAVE", .outcome = "rdb_last_bgsave_status"};

class ServerCompaction {
 public:
  ServerCompaction(RedisClient& client, RedisAddress server)
      : client_(client), server_(std::move(server)) {}

  Status run() {
    TRY_VALUE(const auto info, persistence());
    if (info_number(info.text(), "aof_enabled") != 0) {
      TRY(carry_out(kRewrite));
    }
    if (client_.options().location.cluster) return carry_out(kSnapshot);
    TRY_VALUE(const auto snapshots, has_snapshots(info.text()));
    return snapshots ? carry_out(kSnapshot) : Status{};
  }

 private:
  [[nodiscard]] Result<Reply> persistence() const {
    return client_.ask(server_, Command("INFO").word("persistence"));
  }

  [[nodiscard]] Result<bool> has_snapshots(std::string_view info) const {
    if (info_value(info, "rdb_last_bgsave_time_sec") != "-1") return true;
    TRY_VALUE(const auto points, client_.ask(server_, Command("CONFIG").word("GET").word("save")));
    return !points.text(1).empty();
  }

  Status carry_out(const Task& task) {
    TRY(begin(task));
    TRY_VALUE(const auto info, wait_until_idle());
    if (info_value(info.text(), task.outcome) == "ok") return {};
    return fail(store_unavailable("redis " + server_.text() + ": " + task.command + " failed"));
  }

  Status begin(const Task& task) {
    for (int i = 1;; ++i) {
      TRY(wait_until_idle());
      const auto begun = client_.ask(server_, Command(task.command));
      if (begun) return {};
      if (begun.error().code == ErrorCode::store_unavailable) return fail(begun.error());
      if (i == kMostTries) return fail(store_unavailable(begun.error().inside.text));
    }
  }

  /// Returns the server's INFO when it has finished all rewrites.
  [[nodiscard]] Result<Reply> wait_until_idle() const {
    while (true) {
      auto info = persistence();
      if (!info || is_idle(info->text())) return info;
      if (SteadyClock::now() >= give_up_) break;
      std::this_thread::sleep_for(kBetweenLooks);
    }
    return fail(store_unavailable("redis " + server_.text() + " is still rewriting its files"));
  }

  static bool is_idle(std::string_view info) {
    return info_number(info, "aof_rewrite_in_progress") == 0 &&
           info_number(info, "aof_rewrite_scheduled") == 0 &&
           info_number(info, "rdb_bgsave_in_progress") == 0;
  }

  RedisClient& client_;
  const RedisAddress server_;
  const SteadyClock::time_point give_up_ = SteadyClock::now() + kMost;
};

}  // namespace

Status compact_servers(RedisClient& client) {
  TRY_VALUE(const auto members, client.members());
  for (const RedisAddress& server : members) {
    TRY(ServerCompaction(client, server).run());
  }
  return {};
}

}  // namespace cardvault
