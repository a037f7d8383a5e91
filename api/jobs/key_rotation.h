#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "api/jobs/key_jobs.h"
#include "base/time.h"
#include "crypto/keys/life/keyring_keeper.h"
#include "crypto/keys/live_keyring.h"

namespace cardvault::api {

/// Minimum time that a server keeps a retired key before it destroys the key by itself. One day: by
/// then, everything that was sealed under it has been committed or given up. 30 days for
/// channel_signing: it signs beside the new key until channels have fetched that one.
[[nodiscard]] Seconds kept_after_retirement(Purpose purpose);

/// The keys that a server may destroy by itself now, once nothing needs them. They seal or sign,
/// are enabled, and have been retired for kept_after_retirement(). Keys of receipt_signing are
/// never among them, because receipts outside are verified with their public halves.
[[nodiscard]] std::vector<KeyId> outlived_keys(const Keyring& keyring, Time now);

/// Keeps a server's keys from expiring (docs/decisions/0030). A purpose that seals or signs gets a
/// new key when a tenth of the current key's cryptoperiod is left. If that moment was missed, it
/// gets one at once, before anything is refused. If keys have been retired for long enough, a job
/// re-seals the records left under them, counts, and destroys the keys without uses. It works under
/// every seal while the vault is open: no root key is needed.
class KeyRotation {
 public:
  enum class Mode : std::uint8_t {
    automatic,
    manual,  ///< only the operator's commands rotate and destroy
  };

  /// All references must outlive this object.
  KeyRotation(const LiveKeyring& keyring, KeyringKeeper& keeper, KeyJobs& jobs, const Clock& clock,
              Mode mode);

  /// Call it once a second, from one thread. A failure is logged; a failed renewal is retried after
  /// ten seconds, a failed retirement after one minute.
  void look();

 private:
  using SteadyClock = std::chrono::steady_clock;

  void renew(const Keyring& keyring);
  void retire(const Keyring& keyring);

  const LiveKeyring& keyring_;
  KeyringKeeper& keeper_;
  KeyJobs& jobs_;
  const Clock& clock_;
  const Mode mode_;
  SteadyClock::time_point next_try_{};
  Time next_pass_{};  ///< earliest next request for a pass over all wallets
};

}  // namespace cardvault::api
