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

/// Work on every wallet of the vault that takes longer than a request: re-sealing, and counting
/// what still needs a key. One job at a time; it ends early with the process, or when the vault is
/// sealed, and goes on where it was when it is started again. A job begins with the keyring as it
/// is stored then, not as this process last saw it, or fails with what kept it from looking. Safe
/// from any thread.
class KeyJobs {
 public:
  /// foreground: a call returns when its job is over, for commands that open the vault themselves.
  enum class Run : std::uint8_t { background, foreground };

  /// All outlive the jobs.
  KeyJobs(const ClosingVault& vault, ClientRegistry& clients, KeyringKeeper& keeper, Run run);
  /// Stops the job that runs, and waits for it: at most one batch of wallets.
  ~KeyJobs();
  KeyJobs(const KeyJobs&) = delete;
  KeyJobs& operator=(const KeyJobs&) = delete;

  /// Re-seals all that is not under a current key, `rate` wallets a second at most (0: no limit),
  /// then counts what is left. job_running, vault_sealed.
  [[nodiscard]] Status rewrap(std::uint64_t rate);
  /// Counts what needs each key. job_running, vault_sealed.
  [[nodiscard]] Status count();
  /// Disables or destroys a key once it has counted that nothing needs it; the job fails with
  /// key_in_use otherwise. After a key that was retired a moment ago it first waits until nobody
  /// uses it any more. key_not_found and key_in_use at once for what Keyring::set_state() refuses;
  /// job_running, vault_sealed.
  [[nodiscard]] Status take_away(KeyId id, KeyState state);

  /// As rewrap(), and then destroys those of the keys that nothing needs. One that something needs
  /// is left and named in the log (`key_kept`): that is no failure. The keys are retired and nobody
  /// uses them any more. Only one process of a store does it at a time, and none within a day of
  /// the last (see JobLease). job_running, vault_sealed; the errors of JobLease::begin().
  [[nodiscard]] Status retire(std::vector<KeyId> ids, std::uint64_t rate);

  /// The job that runs or the last one: `{number, job, state, phase, total, seen, rewrapped,
  /// failed, unreadable, resealing_ms, left:[{id, purpose, state, uses}], error}`. `state` is none,
  /// running, done, failed or stopped; the number tells one job from the next.
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
  /// See RewrapOptions; of the job that runs, and touched by its thread alone.
  std::function<void(const std::function<void()>&)> promptly_;
  std::jthread thread_;  ///< last, so that its end still finds the rest
};

}  // namespace cardvault::api
