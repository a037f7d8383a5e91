#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "api/callers/client_registry.h"
#include "api/jobs/job_lease.h"
#include "crypto/keys/life/keyring_keeper.h"
#include "vault/closing/closing_vault.h"

namespace cardvault::api {

/// Work on every wallet of the vault that takes longer than a request: re-sealing, and counting the
/// uses of keys. One job runs at a time. It stops early if the process ends or the vault is sealed;
/// a new start skips the work already done. A job begins with the stored keyring, not with the one
/// that this process saw last. If that cannot be read, the start fails. Safe from any thread.
class KeyJobs {
 public:
  /// foreground: a call returns when its job has ended, for commands that open the vault
  /// themselves.
  enum class Run : std::uint8_t { background, foreground };

  /// All references must outlive the jobs.
  KeyJobs(const ClosingVault& vault, ClientRegistry& clients, KeyringKeeper& keeper, Run run);
  /// Stops the running job and waits for it: at most one batch of wallets.
  ~KeyJobs();
  KeyJobs(const KeyJobs&) = delete;
  KeyJobs& operator=(const KeyJobs&) = delete;

  /// Re-seals everything that is not under a current key, at most `rate` wallets a second (0 =
  /// unlimited). Then counts the remaining uses of each key. Errors: job_running, vault_sealed;
  /// those of KeyringKeeper::refresh().
  [[nodiscard]] Status rewrap(std::uint64_t rate);
  /// Counts the remaining uses of each key. Errors: as rewrap().
  [[nodiscard]] Status count();
  /// Disables or destroys a key after it has counted that nothing needs it; otherwise the job fails
  /// with key_in_use. If the key was retired a moment ago, the job first waits until no request
  /// uses it any more. Errors: key_not_found and key_in_use at once if Keyring::set_state() refuses
  /// the change; those of rewrap().
  [[nodiscard]] Status take_away(KeyId id, KeyState state);

  /// Does the same as rewrap(), then destroys each of the keys that nothing needs. A key that is
  /// still needed stays and is named in the log (`key_kept`); this is not a failure. The keys must
  /// be retired and no request may use them any more. Only one process of a store does this at a
  /// time, and not within a day of the last pass (see JobLease). Errors: those of rewrap() and of
  /// JobLease::begin().
  [[nodiscard]] Status retire(std::vector<KeyId> ids, std::uint64_t rate);

  /// The job that runs, or the last one: `{number, job, state, phase, total, seen, rewrapped,
  /// failed, unreadable, resealing_ms, left:[{id, purpose, state, uses}], error}`. `state` is none,
  /// running, done, failed or stopped. The number is different for each job.
  [[nodiscard]] std::string render() const;

 private:
  struct Progress {
    std::uint64_t number = 0;
    std::string job;
    std::string state = "none";
    std::string phase;
    std::uint64_t total = 0;
    std::uint64_t seen = 0;
    std::uint64_t rewrapped = 0;
    std::uint64_t failed = 0;
    std::uint64_t unreadable = 0;
    std::chrono::milliseconds resealing{0};
    std::map<KeyId, std::uint64_t> left;
    std::optional<Error> error;
  };
  using Work = std::function<Status(std::stop_token)>;

  [[nodiscard]] Status see_newest();
  [[nodiscard]] Status let_go(KeyId id, const std::stop_token& stop);
  [[nodiscard]] Status start(std::string job, Work work);
  void end(const Status& done, const std::stop_token& stop);
  [[nodiscard]] Status measure(const std::stop_token& stop);
  [[nodiscard]] Status rewrap_now(std::uint64_t rate, const std::stop_token& stop);
  [[nodiscard]] Status count_now(const std::stop_token& stop);
  [[nodiscard]] Status take_away_now(KeyId id, KeyState state, const std::stop_token& stop);
  [[nodiscard]] Status retire_now(const std::vector<KeyId>& ids, std::uint64_t rate,
                                  const std::stop_token& stop);
  [[nodiscard]] Status destroy_unused(KeyId id, const std::stop_token& stop);
  template <class Change>
  void update(Change change);

  const ClosingVault& vault_;
  ClientRegistry& clients_;
  KeyringKeeper& keeper_;
  const Run run_;
  std::mutex starting_;  ///< taken before mutex_
  mutable std::mutex mutex_;
  Progress progress_;
  JobLease lease_;
  std::optional<std::chrono::steady_clock::time_point> next_renewal_;  ///< while `lease_` is held
  /// See RewrapOptions. Only the thread of the running job uses it.
  std::function<void(const std::function<void()>&)> promptly_;
  std::jthread thread_;  ///< last, so that the thread ends before the other members
};

}  // namespace cardvault::api
