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

/// A check of everything that is stored, started by an operator. One check runs at a time. It stops
/// early if the process ends. Safe from any thread.
class VerifyJob {
 public:
  /// foreground: start() returns when the check has ended, for a command that opens the vault
  /// itself.
  enum class Run : std::uint8_t { background, foreground };

  struct Wanted {
    std::uint64_t rate = 0;           ///< limit in wallets a second (0 = unlimited)
    std::filesystem::path file = {};  ///< a backup to check instead of the vault's store; "": none
    VerifyIndex index = VerifyIndex::yes;
  };

  /// `vault` must outlive the job. `shared`: see stand_back().
  VerifyJob(const Vault& vault, Run run, bool shared);
  /// Stops the running check and waits for it: at most a few wallets.
  ~VerifyJob();
  VerifyJob(const VerifyJob&) = delete;
  VerifyJob& operator=(const VerifyJob&) = delete;

  /// Errors: job_running, vault_sealed; those of open_backup_store().
  [[nodiscard]] Status start(const Wanted& wanted);

  /// The check that runs, or the last one: `{number, state, phase, total, seen, numbers, damaged,
  /// findings:[{wallet, what, card?, first_broken?}], findings_total, stray_numbers, elapsed_ms,
  /// error}`. `state` is none, running, done, failed or stopped. The number is different for each
  /// check.
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
  std::jthread thread_;  ///< last, so that the thread ends before the other members
};

}  // namespace cardvault::api
