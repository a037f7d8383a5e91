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

/// Connects the stored keyring, the seal that opens it, and the keyring that this process uses.
/// Every change is a compare-and-swap of the stored keyring. So if two processes change it at the
/// same time, each builds on the other's change. Safe from any thread.
class KeyringKeeper {
 public:
  using SteadyClock = std::chrono::steady_clock;

  /// Keeps several processes on one store in step. A process whose last look at the store is older
  /// than `lease` makes nothing new under its keyring. A process promotes a key that it has seen
  /// waiting for `promote_after`: by then every other process has seen the key too or lost its
  /// lease. `now` measures both. It is a steady clock, so the wall clocks of the machines may
  /// differ.
  struct Timing {
    std::chrono::seconds lease{10};
    Seconds promote_after{12};
    SteadyClock::time_point (*now)() = SteadyClock::now;
  };

  /// All references must outlive the keeper. Pass no `timing` if no other process uses the store.
  /// `live` must be closed.
  KeyringKeeper(KeyringStore& store, LiveKeyring& live, RandomSource& random, const Clock& clock,
                RollbackGuard mark, std::optional<Timing> timing);

  /// Saves a new keyring under the seal and opens it. It replaces the keyring of `version`; with 0
  /// the store must have none. write_conflict; the errors of the seal and of the store.
  [[nodiscard]] Status create(Seal& seal, std::uint64_t version);
  /// Opens the stored keyring and installs it in `live`. If an older version made the keyring, the
  /// missing purposes get their keys first, and it is saved. key_unavailable if there is no vault;
  /// keyring_rolled_back; write_conflict if other processes keep changing it; the errors of
  /// open_keyring and of the store.
  [[nodiscard]] Status open(Seal& seal);
  /// Opens the stored keyring with custodians' shares, one per call; true once it is open.
  /// share_refused; key_unavailable if the root key is not in shares; the errors of open(). If the
  /// keyring is older than one that this data directory has seen, the call fails before it uses up
  /// the shares.
  [[nodiscard]] Result<bool> offer_share(const SecretText& share);
  /// Wipes the keys from this process, and the shares given so far.
  void close();

  /// The stored keyring's statement about its seal. key_unavailable if there is no vault.
  [[nodiscard]] Result<SealHead> head() const;
  /// Number of shares given so far for the stored keyring of this head. nullopt if its root key is
  /// not in shares or the vault is open.
  [[nodiscard]] std::optional<ShareCollector::Progress> progress(const SealHead& head);

  /// Call it once a second. It reads the changes of other processes and promotes keys that have
  /// waited long enough. While closed, it only forgets shares that have waited too long.
  [[nodiscard]] Status refresh();

  /// Adds a new key. Without other processes it encrypts at once. vault_sealed; the errors of
  /// Keyring::add and of the store.
  [[nodiscard]] Result<KeyId> rotate(Purpose purpose);
  /// Adds a key for every purpose that seals or signs and is due (see is_due). It decides by the
  /// stored keyring at that moment: if several processes call it together, one adds the keys and
  /// the others see them. vault_sealed, limit_reached; the errors of the store.
  [[nodiscard]] Status renew_due();
  /// From now on, LiveKeyring::current() renews too if it meets a key that has ended.
  void renew_ended() { renews_ended_ = true; }
  /// vault_sealed; the errors of Keyring::set_state and of the store.
  [[nodiscard]] Status set_state(KeyId id, KeyState state);
  /// Changes the root key or its holder: a fresh keyring key, wrapped by `seal`. Running processes
  /// go on with their keyring until it changes again. If the root key is in shares, its custodians
  /// must agree: `present` has to open the stored keyring key, else share_refused. vault_sealed;
  /// write_conflict if another process changes the seal too; the errors of KeyringKey::make and of
  /// the store. After an error of the store the change may have been saved (see SealHead).
  [[nodiscard]] Status reseal(Seal& seal, Seal* present);
  [[nodiscard]] bool shared() const { return timing_.has_value(); }

 private:
  struct Loaded {
    SteadyClock::time_point asked;  ///< time of the request to the store
    std::uint64_t version = 0;
    SealedRecord record;
  };

  // The keyring changes a few times a year. Two changes at once mean two operators who rotate.
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
  std::uint64_t version_ = 0;                               ///< of the keyring in `live`
  std::map<KeyId, SteadyClock::time_point> waiting_since_;  ///< when this process saw it first
  SteadyClock::time_point last_look_{};
};

}  // namespace cardvault
