#pragma once

#include <algorithm>

#include "base/manual_clock.h"
#include "crypto/keys/keyring.h"
#include "crypto/keys/live_keyring.h"

namespace cardvault::test {

/// Offsets in the serialised form of a keyring that generate() made: every entry holds a key of 32
/// bytes (layout in crypto/keys/keyring_codec.cpp).
inline constexpr std::size_t kCountAt = 13;
inline constexpr std::size_t kFirstEntryAt = 17;
inline constexpr std::size_t kEntrySize = 39 + 32;
inline constexpr std::size_t kPurposeAt = 4;
inline constexpr std::size_t kStateAt = 5;
inline constexpr std::size_t kPromotedAt = 22;
inline constexpr std::size_t kDestroyedAt = 30;
inline constexpr std::size_t kLengthAt = 38;

[[nodiscard]] inline std::size_t entry_at(KeyId id) {
  return kFirstEntryAt + (id - 1) * kEntrySize;
}

[[nodiscard]] inline Bytes bytes_of(const Keyring& keyring) {
  const SecretBytes bytes = keyring.serialize();
  return {bytes.expose().begin(), bytes.expose().end()};
}

[[nodiscard]] inline Bytes bytes_of(const LiveKeyring& live) {
  return bytes_of(*live.snapshot());
}

/// Returns true if a key was waiting.
inline bool promote_all(Keyring& keyring, Time now) {
  const auto waiting = keyring.waiting();
  for (const KeyId id : waiting) keyring.promote(id, now);
  return !waiting.empty();
}

/// A clock at which no key of a test has expired.
inline const FixedClock kBeforeAnyEnd{Time{}};

/// The keyring with one key in another state. A destroyed key loses its bytes.
[[nodiscard]] inline Keyring with_state(const Keyring& keyring, KeyId id, KeyState state) {
  Bytes bytes = bytes_of(keyring);
  const std::size_t entry = entry_at(id);
  bytes[entry + kStateAt] = static_cast<std::uint8_t>(state);
  if (state == KeyState::destroyed) {
    bytes[entry + kDestroyedAt + 7] = 1;
    bytes[entry + kLengthAt] = 0;
    const auto material = bytes.begin() + static_cast<std::ptrdiff_t>(entry + kLengthAt + 1);
    bytes.erase(material, material + 32);
  }
  return Keyring::parse(bytes).value();
}

[[nodiscard]] inline Keyring with_state(const LiveKeyring& live, KeyId id, KeyState state) {
  return with_state(*live.snapshot(), id, state);
}

/// The keyring with one more key, enabled and promoted, of the same purpose as key `like`.
[[nodiscard]] inline Keyring with_newer_key(const Keyring& keyring, KeyId like) {
  Bytes bytes = bytes_of(keyring);
  const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(entry_at(like));
  Bytes entry(from, from + static_cast<std::ptrdiff_t>(kEntrySize));
  const auto id = static_cast<std::uint8_t>(++bytes[kCountAt + 3]);
  std::fill_n(entry.begin(), 3, std::uint8_t{0});
  entry[3] = id;
  entry[kPromotedAt + 7] |= 1;
  std::fill_n(entry.begin() + kLengthAt + 1, 32, std::uint8_t{0x77});
  bytes.insert(bytes.end(), entry.begin(), entry.end());
  return Keyring::parse(bytes).value();
}

[[nodiscard]] inline Keyring with_newer_key(const LiveKeyring& live, KeyId like) {
  return with_newer_key(*live.snapshot(), like);
}

/// The keyring of an older version, which knew only the purposes of the keys up to `last`.
[[nodiscard]] inline Keyring up_to(const Keyring& keyring, KeyId last) {
  Bytes bytes = bytes_of(keyring);
  bytes.resize(entry_at(last + 1));
  bytes[kCountAt + 3] = static_cast<std::uint8_t>(last);
  return Keyring::parse(bytes).value();
}

}  // namespace cardvault::test
