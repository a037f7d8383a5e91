#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/redis/location.h"

namespace cardvault::test {

/// More than a healthy server needs, even on a busy machine.
inline constexpr std::chrono::milliseconds kPatience{20'000};
/// Enough to see that no answer comes.
inline constexpr std::chrono::milliseconds kImpatience{300};

[[nodiscard]] RedisOptions redis_options(const std::string& url,
                                         std::chrono::milliseconds timeout = kPatience);
/// The server's URL with this password.
[[nodiscard]] std::string url_with_password(const RedisServer& server, const std::string& password);
/// Opens the store or fails the test.
[[nodiscard]] std::unique_ptr<WalletStore> open_redis(RedisOptions options);

/// True for store_unavailable with a retry time.
[[nodiscard]] bool is_unavailable(const Error& error);
template <class T>
[[nodiscard]] bool is_unavailable(const Result<T>& result) {
  return !result && is_unavailable(result.error());
}
[[nodiscard]] inline bool committed(const Result<CommitOutcome>& outcome) {
  return outcome && *outcome == CommitOutcome::committed;
}

/// The commit that creates the n-th wallet with a card, as large as commits get: subject,
/// fingerprint, card number, audit entries and a due time.
[[nodiscard]] Commit bind(std::uint32_t n);
/// "" if everything that bind(n) wrote is there; otherwise names the missing part.
[[nodiscard]] std::string missing_of_bind(WalletStore& store, std::uint32_t n);

/// Threads that commit to wallets and load them, like many concurrent callers, and remember which
/// commits were acknowledged. Each wallet belongs to one thread and is created by its first commit.
/// A commit that failed with store_unavailable may have happened; any other error counts as a
/// surprise.
class Traffic {
 public:
  /// `store` must outlive it.
  Traffic(WalletStore& store, const std::vector<std::uint32_t>& wallets, std::size_t threads = 4);
  ~Traffic() { stop(); }
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
  /// Number of store_unavailable answers to commits and loads.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  /// Waits until `more` further commits are acknowledged; returns false if they are not.
  [[nodiscard]] bool goes_on(std::uint64_t more = 50) const;
  /// Waits until `more` further operations are refused.
  [[nodiscard]] bool is_refused(std::uint64_t more = 20) const;
  void stop();
  /// Call it after stop(). Checks that no answer was wrong and that every wallet is as
  /// acknowledged: record, card number, audit log.
  void check_nothing_is_missing(WalletStore& store) const;

 private:
  struct Known {
    std::uint32_t number;
    std::uint64_t version = 0;
    bool unsure = false;  ///< the next commit may have happened
  };

  void work(std::vector<Known>& wallets);
  void commit_next(Known& wallet);
  void look(Known& wallet);

  WalletStore& store_;
  std::vector<std::vector<Known>> shares_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> acknowledged_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> surprises_{0};
  std::vector<std::jthread> threads_;
};

}  // namespace cardvault::test
