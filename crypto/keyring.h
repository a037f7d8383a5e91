#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <utility>

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

/// enabled: encrypts (the newest one) and decrypts. disabled: decrypts nothing until enabled
/// again. destroyed: the bytes are gone, the entry stays as a record. The numbers are stored.
enum class KeyState : std::uint8_t { enabled = 1, disabled = 2, destroyed = 3 };

/// Never 0; unique in one keyring over all purposes, so a record names its key by it alone.
using KeyId = std::uint32_t;

struct Key {
  KeyId id = 0;
  Purpose purpose = Purpose::wallet_records;
  KeyState state = KeyState::enabled;
  Time created_at{};
  /// How long after created_at the key may encrypt (NIST SP 800-57 part 1, 5.3.6).
  Seconds cryptoperiod{};
  SecretBytes material;
};

/// All keys of the vault. A value that is built once and then only read: threads may share a const
/// Keyring. Exactly one key per purpose, the enabled one with the highest id, encrypts.
class Keyring {
 public:
  /// One fresh 256-bit key for every purpose. The default cryptoperiod is one year.
  [[nodiscard]] static Keyring generate(Time now, RandomSource& random);

  /// Adds a key like those of generate() for every purpose that has none in any state: a keyring
  /// made by an older version lacks the newer purposes. A destroyed or disabled key is not
  /// replaced. True when something was added, which then has to be saved before it is used.
  [[nodiscard]] bool complete(Time now, RandomSource& random);

  /// The key that encrypts for `purpose`; key_unavailable when none is enabled.
  [[nodiscard]] Result<const Key*> current(Purpose purpose) const;
  /// The key of a stored record; key_unavailable when it is unknown, of another purpose, disabled
  /// or destroyed.
  [[nodiscard]] Result<const Key*> find(Purpose purpose, KeyId id) const;
  [[nodiscard]] const std::map<KeyId, Key>& keys() const { return keys_; }

  /// The bytes that a seal protects; layout in keyring_codec.cpp and docs/keys-and-records.md.
  [[nodiscard]] SecretBytes serialize() const;
  /// record_corrupt for anything serialize() does not write, trailing bytes included.
  [[nodiscard]] static Result<Keyring> parse(ByteView bytes);

 private:
  [[nodiscard]] Status add(Key key);
  void add_fresh(Purpose purpose, Time now, RandomSource& random);

  std::map<KeyId, Key> keys_;
  std::map<Purpose, KeyId> current_;
};

}  // namespace cardvault
