#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "vault/verify/verify_all.h"

namespace cardvault::api {

/// Looks at everything that is stored, when an operator asks for it: one check at a time. It ends
/// early with the process. Safe from any thread.
class VerifyJob {
 public:
  /// foreground: start() returns when the check is over, for a command that opens the vault itself.
  enum class Run : std::uint8_t { background, foreground };

  struct Wanted {
    std::uint64_t rate = 0;           ///< wallets a second, at most; 0: no limit
    std::filesystem::path file = {};  ///< a backup instead of the vault's store; "" for none
    VerifyIndex index = VerifyIndex::yes;
  };

  /// `vault` outlives the job. `shared`: see stand_back().
  VerifyJob(const Vault& vault, Run run, bool shared);
  /// Stops the check that runs, and waits for it: at most a few wallets.
  ~VerifyJob();
  VerifyJob(const VerifyJob&) = delete;
  VerifyJob& operator=(const VerifyJob&) = delete;

  /// job_running, vault_sealed, and the errors of open_backup_store().
  [[nodiscard]] Status start(const Wanted& wanted);

  /// The check that runs or the last one: `{number, state, phase, total, seen, numbers, damaged,
  /// findings:[{wallet, what, card?, first_broken?}], findings_total, stray_numbers, elapsed_ms,
  /// error}`. `state` is none, running, done, failed or stopped; the number tells one from the
  /// next.
  [[nodiscard]] std::string render() const;

 private:
  struct Progress {
    std::uint64_t number = 0;
    std::string state = "none";
    std::string phase;
    std::uint64_t total = 0;
    VerifyCount count;
    std::chrono::milliseconds elapsed{0};
    std::optional<Error> error;
  };

  void check(const Vault& vault, const Wanted& wanted, const std::stop_token& stop);
  [[nodiscard]] Status check_now(const Vault& vault, const Wanted& wanted,
                                 const std::stop_token& stop);
  template <class Change>
  void update(Change change);

  const Vault& vault_;
  const Run run_;
  const bool shared_;
  std::mutex starting_;  ///< taken before mutex_
  mutable std::mutex mutex_;
  Progress progress_;
  std::jthread thread_;  ///< last, so that its end still finds the rest
};

}  // namespace cardvault::api
