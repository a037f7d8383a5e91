#pragma once

#include "crypto/aead.h"
#include "crypto/keys/seal.h"

namespace cardvault::test {

[[nodiscard]] inline SecretBytes some_key() {
  return SecretBytes::copy_of(as_bytes("the key of the keyring, 32 bytes"));
}

[[nodiscard]] inline bool is_some_key(const Result<SecretBytes>& outcome) {
  return outcome && equal_constant_time(outcome->expose(), some_key().expose());
}

[[nodiscard]] inline bool shows_key(ByteView bytes) {
  return as_text(bytes).find("the key") != std::string_view::npos;
}

template <class T>
[[nodiscard]] bool corrupt(const Result<T>& outcome) {
  return !outcome && outcome.error().code == ErrorCode::record_corrupt;
}

[[nodiscard]] inline Bytes flipped(Bytes bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << (bit % 8)));
  return bytes;
}

/// Number of shorter forms of `wrapped`, and of one longer form, that are not reported as corrupt.
[[nodiscard]] inline std::size_t opened_when_cut(Seal& seal, const Bytes& wrapped) {
  std::size_t wrong = 0;
  for (std::size_t size = 0; size < wrapped.size(); ++size) {
    if (!corrupt(seal.unwrap(ByteView(wrapped).first(size)))) ++wrong;
  }
  Bytes longer = wrapped;
  longer.push_back(0);
  return corrupt(seal.unwrap(longer)) ? wrong : wrong + 1;
}

/// Number of bits, from `first` on, whose flip is not reported as corrupt.
[[nodiscard]] inline std::size_t opened_when_flipped(Seal& seal, const Bytes& wrapped,
                                                     std::size_t first = 0) {
  std::size_t wrong = 0;
  for (std::size_t bit = first; bit < wrapped.size() * 8; ++bit) {
    if (!corrupt(seal.unwrap(flipped(wrapped, bit)))) ++wrong;
  }
  return wrong;
}

}  // namespace cardvault::test
