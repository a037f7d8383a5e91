#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/keys/life/keyring_store.h"
#include "crypto/keys/life/rollback_guard.h"
#include "crypto/keys/live_keyring.h"
#include "crypto/keys/seal.h"
#include "crypto/keys/sealed_keyring.h"
#include "crypto/keys/seals/share_collector.h"

namespace cardvault {

/// Between the keyring in the store, the seal that opens it, and the keyring that this process
/// works with. Every change is a compare-and-swap of the stored keyring, so of two processes that
/// change it at once each builds on what the other did. Safe from any thread.
class KeyringKeeper {
 public:
  using SteadyClock = std::chrono::steady_clock;

  /// What keeps several processes on one store in step. A process that asked for the stored keyring
  /// `lease` ago makes nothing new under it; a process promotes a key that it has seen waiting for
  /// `promote_after`, when every other has either seen it too or lost its lease. Both are measured
  /// by `now`, which nobody sets: the machines' clocks may differ.
  struct Timing {
    std::chrono::seconds lease{10};
    Seconds promote_after{12};
    SteadyClock::time_point (*now)() = SteadyClock::now;
  };

  /// All outlive the keeper but `mark`. Without `timing` no other process uses the store. `live` is
  /// closed at first.
  KeyringKeeper(KeyringStore& store, LiveKeyring& live, RandomSource& random, const Clock& clock,
                RollbackGuard mark, std::optional<Timing> timing);

  /// Saves a new keyring under the seal, in place of one of `version` (0: there must be none), and
  /// opens it. write_conflict; the errors of the seal and of the store.
  [[nodiscard]] Status create(Seal& seal, std::uint64_t version);
  /// Opens the stored keyring and shows it, with a key for every purpose: one that an older version
  /// made is completed, and saved, first. key_unavailable when there is no vault,
  /// keyring_rolled_back, write_conflict when others keep changing it; the errors of open_keyring
  /// and of the store.
  [[nodiscard]] Status open(Seal& seal);
  /// The same by custodians, one share after the other: true when it is open. share_refused;
  /// key_unavailable when the root key is not in shares; as open(). An older keyring than this
  /// process has seen is refused before the shares are used up.
  [[nodiscard]] Result<bool> offer_share(const SecretText& share);
  /// Wipes the keys from this process, and shares that were given.
  void close();

  /// What the stored keyring says of its seal. key_unavailable when there is no vault.
  [[nodiscard]] Result<SealHead> head() const;
  /// Shares given so far for the stored keyring of this head; nullopt when its root key is not in
  /// shares or the vault is open.
  [[nodiscard]] std::optional<ShareCollector::Progress> progress(const SealHead& head);

  /// Once a second: sees what other processes did and promotes keys whose time has come. While
  /// closed it only forgets shares that have been waiting for too long.
  [[nodiscard]] Status refresh();

  /// vault_sealed; the errors of Keyring::add and of the store. Without other processes the new key
  /// encrypts at once.
  [[nodiscard]] Result<KeyId> rotate(Purpose purpose);
  /// A new key for every purpose that seals or signs and is due (see is_due), as the stored keyring
  /// is at that moment: of several processes that do it at once one adds the keys, the others see
  /// them. vault_sealed, limit_reached; the errors of the store.
  [[nodiscard]] Status renew_due();
  /// From now on LiveKeyring::current() does that too when it meets a key that has ended.
  void renew_ended() { renews_ended_ = true; }
  /// vault_sealed; the errors of Keyring::set_state and of the store.
  [[nodiscard]] Status set_state(KeyId id, KeyState state);
  /// Another root key, or another holder of it: a fresh keyring key, wrapped by `seal`. Processes
  /// that run go on with the keyring they have until it changes again. A root key in shares is not
  /// given up without its custodians: `present` has to open what is there, else share_refused.
  /// vault_sealed, write_conflict when others change the seal too; the errors of KeyringKey::make
  /// and of the store, after which it may have been done (see SealHead).
  [[nodiscard]] Status reseal(Seal& seal, Seal* present);
  [[nodiscard]] bool shared() const { return timing_.has_value(); }

 private:
  struct Loaded {
    SteadyClock::time_point asked;  ///< when the store was asked
    std::uint64_t version = 0;
    SealedRecord record;
  };

  // Others change the keyring a few times a year; two at once is a rotation by two operators.
  static constexpr int kMostRounds = 8;

  [[nodiscard]] static Error too_many_changes();
  [[nodiscard]] Result<Loaded> load() const;
  [[nodiscard]] Status save(const Keyring& keyring, const KeyringKey& key, std::uint64_t version);
  [[nodiscard]] Status adopt(Keyring keyring, KeyringKey& key, const Loaded& from,
                             bool to_be_saved);
  void show(Keyring keyring, const KeyringKey& key, std::uint64_t version,
            SteadyClock::time_point asked);
  void note_waiting(const Keyring& keyring);
  [[nodiscard]] std::vector<KeyId> promote_due(Keyring& keyring) const;
  [[nodiscard]] Status promote();
  [[nodiscard]] Result<std::uint32_t> next_seal_version(Seal* present) const;
  [[nodiscard]] bool show_if_stored_under(const KeyringKey& key);
  [[nodiscard]] SteadyClock::time_point now() const;
  [[nodiscard]] Status look_now();
  [[nodiscard]] Status renew_now();
  [[nodiscard]] bool any_ended() const;
  void look_again();
  template <class Change>
  [[nodiscard]] Status change(const KeyringKey& next, Change apply);

  KeyringStore& store_;
  LiveKeyring& live_;
  RandomSource& random_;
  const Clock& clock_;
  const RollbackGuard mark_;
  const std::optional<Timing> timing_;
  ShareCollector shares_;
  std::atomic<bool> renews_ended_{false};
  mutable std::mutex mutex_;
  std::optional<KeyringKey> key_;                           ///< while open
  std::uint64_t version_ = 0;                               ///< of the stored keyring that is shown
  std::map<KeyId, SteadyClock::time_point> waiting_since_;  ///< seen here first
  SteadyClock::time_point last_look_{};
};

}  // namespace cardvault
