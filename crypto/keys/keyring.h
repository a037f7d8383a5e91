#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/secret.h"

namespace cardvault {

/// What a key may be used for; one key never serves two purposes. The numbers are stored.
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

inline constexpr std::array kPurposes{Purpose::wallet_records,  Purpose::pan_wrapping,
                                      Purpose::pan_fingerprint, Purpose::subject_index,
                                      Purpose::token,           Purpose::pepper,
                                      Purpose::audit,           Purpose::request_digest,
                                      Purpose::receipt_signing, Purpose::channel_signing};

[[nodiscard]] std::string_view purpose_name(Purpose purpose);
[[nodiscard]] std::optional<Purpose> parse_purpose(std::string_view name);

/// enabled: decrypts, and encrypts when it is the purpose's current one. disabled: does nothing
/// until enabled again. destroyed: the bytes are gone, the entry stays as a record. The numbers are
/// stored.
///
///   from \ to | enabled | disabled | destroyed
///   enabled   | -       | yes      | yes         unless it is current or waits to be
///   disabled  | yes     | -        | yes
///   destroyed | no      | no       | -
enum class KeyState : std::uint8_t { enabled = 1, disabled = 2, destroyed = 3 };

[[nodiscard]] std::string_view key_state_name(KeyState state);

/// Never 0; unique in one keyring over all purposes, so a record names its key by it alone.
using KeyId = std::uint32_t;

struct Key {
  KeyId id = 0;
  Purpose purpose = Purpose::wallet_records;
  KeyState state = KeyState::enabled;
  Time created_at{};
  /// How long the key may encrypt from when it was promoted (NIST SP 800-57 part 1, 5.3.6).
  Seconds cryptoperiod{};
  std::optional<Time> promoted_at = {};  ///< from when it may encrypt; nothing: it waits
  std::optional<Time> destroyed_at = {};
  SecretBytes material = {};

  [[nodiscard]] Time expires_at() const { return promoted_at.value_or(created_at) + cryptoperiod; }
};

/// All keys of the vault, a value. The enabled and promoted key with the highest id of a purpose is
/// its current one: it encrypts. A new key is added first and promoted later, when every process
/// has the keyring with it, so that no process meets a record whose key it lacks. Every change
/// raises the generation by one. Threads may share a const Keyring.
class Keyring {
 public:
  /// As many keys of one purpose as there may be: one a month for twenty years.
  static constexpr std::size_t kMostKeysOfAPurpose = 240;

  /// One fresh 256-bit key for every purpose, promoted. The default cryptoperiod is one year.
  [[nodiscard]] static Keyring generate(Time now, RandomSource& random);
  [[nodiscard]] Keyring clone() const;

  /// Adds a key like those of generate() for every purpose that has none in any state: a keyring
  /// made by an older version lacks the newer purposes. A destroyed or disabled key is not
  /// replaced. True when it changed, and then has to be saved before it is used.
  [[nodiscard]] bool complete(Time now, RandomSource& random);

  /// A fresh key that waits for its promotion. job_running while one of the purpose waits already,
  /// limit_reached.
  [[nodiscard]] Result<KeyId> add(Purpose purpose, Time now, RandomSource& random);
  /// The keys that wait for their promotion, in rising order.
  [[nodiscard]] std::vector<KeyId> waiting() const;
  /// From now on the key encrypts; it is one of waiting().
  void promote(KeyId id, Time now);
  /// See KeyState; to the state it has is no change. key_not_found, key_in_use.
  [[nodiscard]] Status set_state(KeyId id, KeyState state, Time now);

  /// The key that encrypts for `purpose`; key_unavailable when there is none.
  [[nodiscard]] Result<const Key*> current(Purpose purpose) const;
  /// The key of a stored record; key_unavailable when it is unknown, of another purpose, disabled
  /// or destroyed.
  [[nodiscard]] Result<const Key*> find(Purpose purpose, KeyId id) const;
  /// The enabled keys of a purpose, the current one first, then the newest first: what was looked
  /// up under any of them is found.
  [[nodiscard]] std::vector<const Key*> usable(Purpose purpose) const;
  /// Since when another key encrypts in place of this one; nullopt while it is current or waits.
  /// The earliest time that was noted: a clock that was ahead once does not keep it for ever.
  [[nodiscard]] std::optional<Time> retired_at(const Key& key) const;
  [[nodiscard]] const std::map<KeyId, Key>& keys() const { return keys_; }
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

  /// The bytes that are sealed; layout in keyring_codec.cpp and docs/keys-and-records.md.
  [[nodiscard]] SecretBytes serialize() const;
  /// What serialize() wrote, or its first version, whose keys are all promoted and whose generation
  /// is 0. record_corrupt for anything else, trailing bytes included.
  [[nodiscard]] static Result<Keyring> parse(ByteView bytes);

 private:
  [[nodiscard]] Status insert(Key key);
  KeyId add_fresh(Purpose purpose, Time now, std::optional<Time> promoted_at, RandomSource& random);
  [[nodiscard]] const Key* waiting_for(Purpose purpose) const;

  std::map<KeyId, Key> keys_;
  std::uint64_t generation_ = 0;
};

}  // namespace cardvault
