#include "crypto/password_hash.h"

#include <sodium.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "crypto/big_endian.h"
#include "crypto/keyed_hash.h"
#include "crypto/opaque_string.h"

namespace cardvault {
namespace {

constexpr std::uint8_t kOfTextAsTyped = 1;
constexpr std::uint8_t kOfOpaqueString = 2;
constexpr std::size_t kSaltSize = crypto_pwhash_argon2id_SALTBYTES;
constexpr std::size_t kHashSize = 32;
constexpr std::size_t kPassesAt = 1;
constexpr std::size_t kMemoryAt = 5;
constexpr std::size_t kSaltAt = 9;
constexpr std::size_t kHashAt = kSaltAt + kSaltSize;
constexpr std::size_t kVerifierSize = kHashAt + kHashSize;
// Limits for a stored verifier: it must not be able to demand more than the machine has.
constexpr std::uint32_t kMostPasses = 16;
constexpr std::uint32_t kLeastMemoryKib = 8;
constexpr std::uint32_t kMostMemoryKib = 1024 * 1024;

using Hash = std::array<std::uint8_t, kHashSize>;

bool acceptable(PasswordCost cost) {
  return cost.passes >= 1 && cost.passes <= kMostPasses && cost.memory_kib >= kLeastMemoryKib &&
         cost.memory_kib <= kMostMemoryKib;
}

Result<Hash> evaluate(const SecretText& secret, ByteView pepper, ByteView salt, PasswordCost cost) {
  Digest keyed = hmac_sha256(pepper, as_bytes(secret.expose()));
  const std::string_view input = as_text(keyed);
  Hash hash{};
  const int outcome =
      crypto_pwhash(hash.data(), hash.size(), input.data(), input.size(), salt.data(), cost.passes,
                    std::size_t{cost.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
  wipe(keyed);
  if (outcome == 0) return hash;
  return fail(ErrorCode::busy, "The credential cannot be processed now. Try again.",
              OperatorText{"Argon2id: no memory for " + std::to_string(cost.memory_kib) + " KiB"});
}

bool is_format(std::uint8_t format) {
  return format == kOfTextAsTyped || format == kOfOpaqueString;
}

std::optional<PasswordCost> parse_cost(ByteView verifier) {
  if (verifier.size() != kVerifierSize || !is_format(verifier[0])) return std::nullopt;
  const PasswordCost cost{from_big_endian<std::uint32_t>(verifier.subspan(kPassesAt)),
                          from_big_endian<std::uint32_t>(verifier.subspan(kMemoryAt))};
  if (!acceptable(cost)) return std::nullopt;
  return cost;
}

}  // namespace

Result<Bytes> make_verifier(const SecretText& secret, ByteView pepper, PasswordCost cost,
                            RandomSource& random) {
  if (!acceptable(cost)) {
    return fail(ErrorCode::internal, "The credential cannot be stored.",
                OperatorText{"Argon2id: 1-16 passes and 8 KiB - 1 GiB of memory are accepted"});
  }
  const auto opaque = opaque_string(secret);
  if (!opaque) {
    return fail(ErrorCode::invalid_request,
                "The secret contains a character that is not accepted. Leave it out.");
  }
  std::array<std::uint8_t, kSaltSize> salt{};
  random.fill(salt);
  TRY_VALUE(auto hash, evaluate(*opaque, pepper, salt, cost));
  Bytes verifier;
  verifier.reserve(kVerifierSize);
  verifier.push_back(kOfOpaqueString);
  append_big_endian(verifier, cost.passes);
  append_big_endian(verifier, cost.memory_kib);
  verifier.insert(verifier.end(), salt.begin(), salt.end());
  verifier.insert(verifier.end(), hash.begin(), hash.end());
  return verifier;
}

Result<bool> check_verifier(ByteView verifier, const SecretText& secret, ByteView pepper) {
  const auto cost = parse_cost(verifier);
  if (!cost) {
    return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.",
                OperatorText{"credential verifier is not well-formed"});
  }
  // A text without an opaque form is hashed as it is. It cannot match, because no verifier was made
  // from such a text. But it takes as long as any wrong secret.
  const auto opaque = verifier[0] == kOfOpaqueString ? opaque_string(secret) : std::nullopt;
  TRY_VALUE(auto hash, evaluate(opaque ? *opaque : secret, pepper,
                                verifier.subspan(kSaltAt, kSaltSize), *cost));
  return equal_constant_time(hash, verifier.subspan(kHashAt));
}

}  // namespace cardvault
