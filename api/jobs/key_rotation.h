#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "api/jobs/key_jobs.h"
#include "base/time.h"
#include "crypto/keys/life/keyring_keeper.h"
#include "crypto/keys/live_keyring.h"

namespace cardvault::api {

/// How long after its retirement a key is kept at least before a server destroys it by itself. A
/// day: whatever was sealed under it before has been committed or given up by then. A month for
/// channel_signing: it signs beside the new one until channels have fetched that.
[[nodiscard]] Seconds kept_after_retirement(Purpose purpose);

/// The keys that a server would destroy by itself now, once nothing needs them: those that seal or
/// sign, are enabled, and were retired for as long as kept_after_retirement() says; never one of
/// receipt_signing, whose public half receipts outside are checked with.
[[nodiscard]] std::vector<KeyId> outlived_keys(const Keyring& keyring, Time now);

/// How a server keeps its keys from ending (docs/decisions/0030): every purpose that seals or signs
/// gets a new key when a tenth of the current one's cryptoperiod is left, and at once, before
/// anything is refused, when that moment was missed. Keys that were retired for long enough start a
/// job that re-seals what is left under them, counts, and destroys those that nothing needs. Works
/// under every seal while the vault is open: no root key is needed.
class KeyRotation {
 public:
  enum class Mode : std::uint8_t {
    automatic,
    manual,  ///< only the operator's commands rotate and destroy
  };

  /// All outlive this.
  KeyRotation(const LiveKeyring& keyring, KeyringKeeper& keeper, KeyJobs& jobs, const Clock& clock,
              Mode mode);

  /// Once a second, by one thread. What fails is in the log and tried again ten seconds later.
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
  Time next_pass_{};  ///< when to ask again whether a pass over all wallets may begin
};

}  // namespace cardvault::api
