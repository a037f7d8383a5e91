#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/secret.h"

namespace cardvault {

/// Use of a key; one key never serves two purposes. The numbers are stored.
enum class Purpose : std::uint8_t {
  wallet_records = 1,
  pan_wrapping = 2,
  pan_fingerprint = 3,
  subject_index = 4,
  token = 5,
  pepper = 6,
  audit = 7,
  request_digest = 8,
  receipt_signing = 9,   ///< Ed25519 seed
  channel_signing = 10,  ///< Ed25519 seed
};

inline constexpr auto kPurposeNames = names_from<Purpose::wallet_records>(
    "wallet_records", "pan_wrapping", "pan_fingerprint", "subject_index", "token", "pepper",
    "audit", "request_digest", "receipt_signing", "channel_signing");
inline constexpr auto kPurposes = values_of(kPurposeNames);

[[nodiscard]] constexpr std::string_view purpose_name(Purpose purpose) {
  return name_of(kPurposeNames, purpose);
}

[[nodiscard]] constexpr std::optional<Purpose> parse_purpose(std::string_view name) {
  return parse_name(kPurposeNames, name);
}

/// enabled: the key decrypts; it also encrypts if it is the purpose's current key. disabled: the
/// key does nothing until it is enabled again. destroyed: the bytes are gone; the entry stays as a
/// record. The numbers are stored.
///
///   from \ to | enabled | disabled | destroyed
///   enabled   | -       | yes      | yes         unless it is current or waits to be
///   disabled  | yes     | -        | yes
///   destroyed | no      | no       | -
enum class KeyState : std::uint8_t { enabled = 1, disabled = 2, destroyed = 3 };

inline constexpr auto kKeyStateNames =
    names_from<KeyState::enabled>("enabled", "disabled", "destroyed");

[[nodiscard]] constexpr std::string_view key_state_name(KeyState state) {
  return name_of(kKeyStateNames, state);
}

/// Never 0. Unique in one keyring over all purposes, so a record names its key by the id alone.
using KeyId = std::uint32_t;

struct Key {
  KeyId id = 0;
  Purpose purpose = Purpose::wallet_records;
  KeyState state = KeyState::enabled;
  Time created_at{};
  /// How long the key may encrypt after its promotion (NIST SP 800-57 part 1, 5.3.6).
  Seconds cryptoperiod{};
  std::optional<Time> promoted_at = {};  ///< it encrypts from then on; empty while it waits
  std::optional<Time> destroyed_at = {};
  SecretBytes material = {};

  [[nodiscard]] Time expires_at() const { return promoted_at.value_or(created_at) + cryptoperiod; }
};

/// All keys of the vault, as a value. Of a purpose's enabled and promoted keys, the one with the
/// highest id is the current key: it encrypts. A new key is added first and promoted later, when
/// every process has the keyring that contains it. So no process meets a record whose key it lacks.
/// Every change raises the generation by one. Threads may share a const Keyring.
class Keyring {
 public:
  /// Maximum number of keys of one purpose: one a month for twenty years.
  static constexpr std::size_t kMostKeysOfAPurpose = 240;

  /// Makes one fresh, promoted 256-bit key for every purpose. The default cryptoperiod is one year.
  [[nodiscard]] static Keyring generate(Time now, RandomSource& random);
  [[nodiscard]] Keyring clone() const;

  /// Adds a key, like those of generate(), for every purpose that has no key in any state: a
  /// keyring of an older version lacks the newer purposes. A destroyed or disabled key is not
  /// replaced. True if the keyring changed; the caller must then save it before using it.
  [[nodiscard]] bool complete(Time now, RandomSource& random);

  /// Adds a fresh key, which waits for its promotion. job_running if another key of the purpose
  /// waits already; limit_reached.
  [[nodiscard]] Result<KeyId> add(Purpose purpose, Time now, RandomSource& random);
  /// The keys that wait for their promotion, ids rising.
  [[nodiscard]] std::vector<KeyId> waiting() const;
  /// From now on the key encrypts. It must be one of waiting().
  void promote(KeyId id, Time now);
  /// See KeyState for the legal moves. A move to the present state is a no-op. key_not_found,
  /// key_in_use.
  [[nodiscard]] Status set_state(KeyId id, KeyState state, Time now);

  /// The key that encrypts for `purpose`; key_unavailable if the purpose has no such key.
  [[nodiscard]] Result<const Key*> current(Purpose purpose) const;
  /// The key of a stored record; key_unavailable if it is unknown, of another purpose, disabled or
  /// destroyed.
  [[nodiscard]] Result<const Key*> find(Purpose purpose, KeyId id) const;
  /// The enabled keys of a purpose. The promoted keys come first, the newest first, so the current
  /// key leads; keys that wait come last. A value that was indexed under any of them is found.
  [[nodiscard]] std::vector<const Key*> usable(Purpose purpose) const;
  /// Time since which another key encrypts in place of this one; nullopt while it is current or
  /// waits. Of several such times it is the earliest, so one clock that was ahead does not delay it
  /// for ever.
  [[nodiscard]] std::optional<Time> retired_at(const Key& key) const;
  [[nodiscard]] const std::map<KeyId, Key>& keys() const { return keys_; }
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

  /// The plaintext of the sealed keyring. keyring_codec.cpp and docs/keys-and-records.md show the
  /// layout.
  [[nodiscard]] SecretBytes serialize() const;
  /// Reads the output of serialize(). record_corrupt for anything else, older formats and trailing
  /// bytes included.
  [[nodiscard]] static Result<Keyring> parse(ByteView bytes);

 private:
  [[nodiscard]] Status insert(Key key);
  KeyId add_fresh(Purpose purpose, Time now, std::optional<Time> promoted_at, RandomSource& random);
  [[nodiscard]] const Key* waiting_for(Purpose purpose) const;

  std::map<KeyId, Key> keys_;
  std::uint64_t generation_ = 0;
};

}  // namespace cardvault
