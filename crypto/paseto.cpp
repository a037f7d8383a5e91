#include "crypto/paseto.h"

#include <sodium.h>

#include <array>
#include <cstdlib>

#include "crypto/error_codes.h"
#include "crypto/secret.h"

namespace cardvault::paseto {
namespace {

constexpr std::size_t kTagSize = 32;
constexpr std::size_t kLongestToken = 4096;

using Tag = std::array<std::uint8_t, kTagSize>;

/// Keyed BLAKE2b over a message in pieces.
class KeyedBlake {
 public:
  KeyedBlake(ByteView key, std::size_t output) {
    crypto_generichash_init(&state_, key.data(), key.size(), output);
  }
  ~KeyedBlake() { sodium_memzero(&state_, sizeof state_); }
  KeyedBlake(const KeyedBlake&) = delete;
  KeyedBlake& operator=(const KeyedBlake&) = delete;

  void add(ByteView bytes) { crypto_generichash_update(&state_, bytes.data(), bytes.size()); }
  void add(std::string_view text) { add(as_bytes(text)); }
  void add_le64(std::uint64_t value) {
    std::array<std::uint8_t, 8> bytes{};
    for (std::uint8_t& byte : bytes) {
      byte = static_cast<std::uint8_t>(value);
      value >>= 8U;
    }
    add(bytes);
  }
  void finish(std::span<std::uint8_t> out) {
    crypto_generichash_final(&state_, out.data(), out.size());
  }

 private:
  crypto_generichash_state state_;
};

struct MessageKeys {
  MessageKeys(ByteView key, ByteView nonce) {
    derive(key, "paseto-encryption-key", nonce, encryption);
    derive(key, "paseto-auth-key-for-aead", nonce, authentication);
  }
  ~MessageKeys() {
    wipe(encryption);
    wipe(authentication);
  }
  MessageKeys(const MessageKeys&) = delete;
  MessageKeys& operator=(const MessageKeys&) = delete;

  static void derive(ByteView key, std::string_view use, ByteView nonce,
                     std::span<std::uint8_t> out) {
    KeyedBlake hash(key, out.size());
    hash.add(use);
    hash.add(nonce);
    hash.finish(out);
  }

  void apply_stream(ByteView in, std::uint8_t* out) const {
    crypto_stream_xchacha20_xor(out, in.data(), in.size(),
                                encryption.data() + crypto_stream_xchacha20_KEYBYTES,
                                encryption.data());
  }

  std::array<std::uint8_t, crypto_stream_xchacha20_KEYBYTES + crypto_stream_xchacha20_NONCEBYTES>
      encryption{};
  std::array<std::uint8_t, 32> authentication{};
};

/// Returns the tag over the pre-authentication encoding (PAE) of header, nonce, ciphertext, footer
/// and assertion. PAE writes the number of pieces and the length of each piece as 64-bit
/// little-endian numbers. So no byte can move from one piece to the next under the same tag.
Tag authenticate(const MessageKeys& keys, ByteView nonce, ByteView ciphertext,
                 std::string_view footer, std::string_view assertion) {
  KeyedBlake hash(keys.authentication, kTagSize);
  const std::array parts{as_bytes(kHeader), nonce, ciphertext, as_bytes(footer),
                         as_bytes(assertion)};
  hash.add_le64(parts.size());
  for (const ByteView part : parts) {
    hash.add_le64(part.size());
    hash.add(part);
  }
  Tag tag{};
  hash.finish(tag);
  return tag;
}

struct Parts {
  std::string_view body;
  std::string_view footer;
};

std::optional<Parts> split(std::string_view token) {
  if (!token.starts_with(kHeader)) return std::nullopt;
  token.remove_prefix(kHeader.size());
  const std::size_t dot = token.find('.');
  if (dot == std::string_view::npos) return Parts{token, {}};
  const Parts parts{token.substr(0, dot), token.substr(dot + 1)};
  if (parts.footer.empty()) return std::nullopt;
  return parts;
}

std::unexpected<Error> invalid() {
  return fail(CryptoError::token_invalid, "The token is not valid.");
}

}  // namespace

std::string encrypt_with_nonce(ByteView key, ByteView nonce, std::string_view message,
                               std::string_view footer, std::string_view assertion) {
  if (key.size() != kKeySize || nonce.size() != kNonceSize) std::abort();
  const MessageKeys keys(key, nonce);
  Bytes body;
  body.reserve(kNonceSize + message.size() + kTagSize);
  body.assign(nonce.begin(), nonce.end());
  body.resize(kNonceSize + message.size());
  const auto ciphertext = std::span(body).subspan(kNonceSize);
  keys.apply_stream(as_bytes(message), ciphertext.data());
  const Tag tag = authenticate(keys, nonce, ciphertext, footer, assertion);
  body.insert(body.end(), tag.begin(), tag.end());
  std::string token = std::string(kHeader) + to_base64url(body);
  if (!footer.empty()) token += "." + to_base64url(as_bytes(footer));
  return token;
}

std::string encrypt(ByteView key, std::string_view message, std::string_view footer,
                    std::string_view assertion, RandomSource& random) {
  std::array<std::uint8_t, kNonceSize> nonce{};
  random.fill(nonce);
  return encrypt_with_nonce(key, nonce, message, footer, assertion);
}

std::optional<std::string> unverified_footer(std::string_view token) {
  if (token.size() > kLongestToken) return std::nullopt;
  const auto parts = split(token);
  if (!parts) return std::nullopt;
  const auto footer = from_base64url(parts->footer);
  if (!footer) return std::nullopt;
  return std::string(as_text(*footer));
}

Result<std::string> decrypt(ByteView key, std::string_view token, std::string_view footer,
                            std::string_view assertion) {
  const auto parts = split(token);
  if (!parts || key.size() != kKeySize) return invalid();
  const std::string wanted_footer = to_base64url(as_bytes(footer));
  if (!equal_constant_time(as_bytes(parts->footer), as_bytes(wanted_footer))) return invalid();
  const auto body = from_base64url(parts->body);
  if (!body || body->size() < kNonceSize + kTagSize) return invalid();
  const ByteView nonce = ByteView(*body).first(kNonceSize);
  const ByteView tag = ByteView(*body).last(kTagSize);
  const ByteView ciphertext =
      ByteView(*body).subspan(kNonceSize, body->size() - kNonceSize - kTagSize);
  const MessageKeys keys(key, nonce);
  const Tag wanted = authenticate(keys, nonce, ciphertext, footer, assertion);
  if (!equal_constant_time(tag, wanted)) return invalid();
  std::string message(ciphertext.size(), '\0');
  keys.apply_stream(ciphertext, reinterpret_cast<std::uint8_t*>(message.data()));
  return message;
}

}  // namespace cardvault::paseto
