#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/keys/keyring.h"

namespace cardvault {

/// A key and a share in the keyring that holds it: its bytes stay until the last handle goes, also
/// when the keyring has been replaced or closed. Hold one for one use, not across uses.
using KeyHandle = std::shared_ptr<const Key>;

/// What a process without keys answers.
[[nodiscard]] Error vault_sealed();

/// The keyring as a running process uses it: it may be replaced while others read it, and closed
/// and opened again. Safe from any thread, but for look_again_with(), which comes first.
class LiveKeyring {
 public:
  using SteadyClock = std::chrono::steady_clock;

  /// Closed. `clock` outlives it and says when a cryptoperiod has ended, `steady` when trust has.
  explicit LiveKeyring(const Clock& clock, SteadyClock::time_point (*steady)() = SteadyClock::now)
      : clock_(clock), steady_(steady) {}
  LiveKeyring(Keyring keyring, const Clock& clock);
  LiveKeyring(const LiveKeyring&) = delete;
  LiveKeyring& operator=(const LiveKeyring&) = delete;

  /// The key that encrypts for `purpose`. vault_sealed while closed; key_unavailable when there is
  /// none, or when trust has run out and was not renewed; key_expired after the cryptoperiod of a
  /// key that seals or signs (those that only name things, so that they are found again, go on: to
  /// stop them would make a user's second wallet). Such a key is looked for anew first, and goes on
  /// while its successor waits for its promotion (docs/decisions/0030).
  [[nodiscard]] Result<KeyHandle> current(Purpose purpose) const;
  /// A key that somebody chose by its number to sign with, retired or not. As current(), and
  /// key_unavailable as Keyring::find().
  [[nodiscard]] Result<KeyHandle> for_signing(Purpose purpose, KeyId id) const;
  /// The key of a stored record; one that is not known is looked for in the store first.
  /// vault_sealed, key_unavailable as Keyring::find().
  [[nodiscard]] Result<KeyHandle> find(Purpose purpose, KeyId id) const;
  /// The same without looking in the store: for ids that anybody may make up.
  [[nodiscard]] Result<KeyHandle> find_cached(Purpose purpose, KeyId id) const;
  /// Keyring::usable(). vault_sealed, key_unavailable when there is none, or as in current().
  [[nodiscard]] Result<std::vector<KeyHandle>> usable(Purpose purpose) const;

  /// The whole of it; vault_sealed.
  [[nodiscard]] Result<std::shared_ptr<const Keyring>> opened() const;
  /// The same; nullptr while closed.
  [[nodiscard]] std::shared_ptr<const Keyring> snapshot() const;
  [[nodiscard]] bool is_open() const { return snapshot() != nullptr; }
  /// Replaces what is there; a keyring of an older generation is passed over.
  void install(Keyring keyring);
  /// From then on the store has to be looked at again before anything new is made: others may have
  /// changed the keyring by then. Without it the keyring is nobody else's.
  void set_lease(SteadyClock::time_point end);
  /// The keys are wiped when the last handle is gone.
  void close();

  /// How find() and current() look at the store again; bounds by itself how often it does.
  void look_again_with(std::function<void()> look);

 private:
  [[nodiscard]] Result<std::shared_ptr<const Keyring>> trusted() const;

  const Clock& clock_;
  SteadyClock::time_point (*steady_)() = SteadyClock::now;
  std::function<void()> look_again_ = [] {};
  std::atomic<SteadyClock::time_point> trusted_until_{SteadyClock::time_point::max()};
  mutable std::mutex mutex_;
  std::shared_ptr<const Keyring> keyring_;
};

}  // namespace cardvault
