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

/// A key, and shared ownership of the keyring that holds it. The bytes stay until the last handle
/// goes, even if the keyring has been replaced or closed. Hold a handle for one use, not across
/// uses.
using KeyHandle = std::shared_ptr<const Key>;

/// The error of a process without keys.
[[nodiscard]] Error vault_sealed();

/// The keyring of a running process. It may be replaced while others read it, and it may be closed
/// and opened again. Safe from any thread, except look_again_with(), which must come first.
class LiveKeyring {
 public:
  using SteadyClock = std::chrono::steady_clock;

  /// Closed at first. `clock` must outlive it and decides when a cryptoperiod has ended; `steady`
  /// decides when the lease has ended.
  explicit LiveKeyring(const Clock& clock, SteadyClock::time_point (*steady)() = SteadyClock::now)
      : clock_(clock), steady_(steady) {}
  LiveKeyring(Keyring keyring, const Clock& clock);
  LiveKeyring(const LiveKeyring&) = delete;
  LiveKeyring& operator=(const LiveKeyring&) = delete;

  /// The key that encrypts for `purpose`. vault_sealed while closed. key_unavailable if the purpose
  /// has no such key, or if the lease has ended and was not renewed. key_expired if the key seals
  /// or signs and its cryptoperiod is over. Keys that only hash go on: without them a user would
  /// get a second wallet. If the key has ended, current() looks at the store again first; while a
  /// successor waits for its promotion, the ended key stays usable (docs/decisions/0030).
  [[nodiscard]] Result<KeyHandle> current(Purpose purpose) const;
  /// A signing key chosen by its id, retired or not. The errors of current(), and key_unavailable
  /// as Keyring::find().
  [[nodiscard]] Result<KeyHandle> for_signing(Purpose purpose, KeyId id) const;
  /// The key of a stored record. If the id is unknown here, it looks at the store first.
  /// vault_sealed; key_unavailable as Keyring::find().
  [[nodiscard]] Result<KeyHandle> find(Purpose purpose, KeyId id) const;
  /// The same without a look at the store: for ids that anybody may invent.
  [[nodiscard]] Result<KeyHandle> find_cached(Purpose purpose, KeyId id) const;
  /// Keyring::usable(). vault_sealed; key_unavailable if it is empty, or as in current().
  [[nodiscard]] Result<std::vector<KeyHandle>> usable(Purpose purpose) const;

  /// The whole keyring; vault_sealed.
  [[nodiscard]] Result<std::shared_ptr<const Keyring>> opened() const;
  /// The same; nullptr while closed.
  [[nodiscard]] std::shared_ptr<const Keyring> snapshot() const;
  [[nodiscard]] bool is_open() const { return snapshot() != nullptr; }
  /// Replaces the keyring. A keyring of an older generation is ignored.
  void install(Keyring keyring);
  /// After `end` this process must look at the store again before it makes anything new, because
  /// others may have changed the keyring. Without a lease the keyring belongs to this process
  /// alone.
  void set_lease(SteadyClock::time_point end);
  /// Closes the keyring. The keys are wiped when the last handle is gone.
  void close();

  /// Sets the function that looks at the store again. It is called for an unknown id, an ended key
  /// or an ended lease, and must itself limit how often it asks the store.
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
