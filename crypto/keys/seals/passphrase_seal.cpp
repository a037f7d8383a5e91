#include "crypto/keys/seals/passphrase_seal.h"

#include <sodium.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "crypto/aead.h"
#include "crypto/big_endian.h"
#include "crypto/error_codes.h"
#include "crypto/keys/seals/root_key.h"
#include "crypto/opaque_string.h"

namespace cardvault {
namespace {

constexpr std::uint8_t kOfTextAsTyped = 1;
constexpr std::uint8_t kOfOpaqueString = 2;
constexpr std::size_t kPassesAt = 1;
constexpr std::size_t kMemoryAt = 5;
constexpr std::size_t kSaltAt = 9;
constexpr std::size_t kSaltSize = crypto_pwhash_argon2id_SALTBYTES;
constexpr std::size_t kPassphraseHeadSize = kSaltAt + kSaltSize;
constexpr std::uint32_t kMostPasses = 16;
constexpr std::uint32_t kLeastMemoryKib = 8 * 1024;
constexpr std::uint32_t kMostMemoryKib = 1024 * 1024;

bool acceptable(PasswordCost cost) {
  return cost.passes >= 1 && cost.passes <= kMostPasses && cost.memory_kib >= kLeastMemoryKib &&
         cost.memory_kib <= kMostMemoryKib;
}

std::string_view label_of(ByteView head) {
  return head[0] == kOfTextAsTyped ? "cardvault passphrase seal, format 1"
                                   : "cardvault passphrase seal, format 2";
}

Bytes make_head(PasswordCost cost, RandomSource& random) {
  std::array<std::uint8_t, kSaltSize> salt{};
  random.fill(salt);
  Bytes head{kOfOpaqueString};
  append_big_endian(head, cost.passes);
  append_big_endian(head, cost.memory_kib);
  head.insert(head.end(), salt.begin(), salt.end());
  return head;
}

std::optional<PasswordCost> parse_cost(ByteView wrapped) {
  if (wrapped.size() != kPassphraseHeadSize + kAeadOverhead + kAeadKeySize) return std::nullopt;
  if (wrapped[0] != kOfTextAsTyped && wrapped[0] != kOfOpaqueString) return std::nullopt;
  const PasswordCost cost{from_big_endian<std::uint32_t>(wrapped.subspan(kPassesAt)),
                          from_big_endian<std::uint32_t>(wrapped.subspan(kMemoryAt))};
  if (!acceptable(cost)) return std::nullopt;
  return cost;
}

}  // namespace

Result<std::unique_ptr<PassphraseSeal>> PassphraseSeal::create(SecretText passphrase,
                                                               RandomSource& random,
                                                               PasswordCost cost) {
  const auto opaque = opaque_string(passphrase);
  if (!opaque && passphrase.size() > 0) {
    Error error = make_error(ErrorCode::invalid_request,
                             "The passphrase contains a character that cannot be typed reliably. "
                             "Leave out invisible characters and emoji sequences.");
    error.fields.push_back({"passphrase", "not_allowed"});
    return fail(std::move(error));
  }
  if (!opaque || utf8_length(opaque->expose()) < kShortestPassphrase) {
    Error error = make_error(CryptoError::weak_credential,
                             "The passphrase is too short. Use at least " +
                                 std::to_string(kShortestPassphrase) + " characters.");
    error.fields.push_back({"passphrase", "too_short"});
    return fail(std::move(error));
  }
  return std::make_unique<PassphraseSeal>(std::move(passphrase), random, cost);
}

PassphraseSeal::PassphraseSeal(SecretText passphrase, RandomSource& random, PasswordCost cost)
    : passphrase_(std::move(passphrase)), cost_(cost), random_(random) {}

Result<Bytes> PassphraseSeal::wrap(const SecretBytes& key) {
  if (!acceptable(cost_)) {
    return fail(ErrorCode::internal, "The key cannot be wrapped.",
                OperatorText{"Argon2id: 1-16 passes and 8 MiB - 1 GiB of memory are accepted"});
  }
  const Bytes head = make_head(cost_, random_);
  TRY_VALUE(const auto derived, root(head, cost_));
  return wrap_under_root(derived.expose(), label_of(head), head, key, random_);
}

Result<SecretBytes> PassphraseSeal::unwrap(ByteView wrapped) {
  const auto cost = parse_cost(wrapped);
  if (!cost) {
    return fail(ErrorCode::record_corrupt,
                "The stored key is damaged or was not sealed by a passphrase.",
                OperatorText{"passphrase seal: length, format or cost"});
  }
  TRY_VALUE(const auto derived, root(wrapped.first(kPassphraseHeadSize), *cost));
  auto key = unwrap_under_root(derived.expose(), label_of(wrapped), kPassphraseHeadSize, wrapped);
  if (key) return key;
  return fail(ErrorCode::record_corrupt, "This passphrase does not open the keyring.",
              std::move(key.error().inside));
}

Result<SecretBytes> PassphraseSeal::root(ByteView head, PasswordCost cost) const {
  const ByteView salt = head.subspan(kSaltAt);
  const auto opaque = head[0] == kOfOpaqueString ? opaque_string(passphrase_) : std::nullopt;
  const std::string_view input = opaque ? opaque->expose() : passphrase_.expose();
  SecretBytes derived(kAeadKeySize);
  const auto out = derived.expose_mutable();
  const int outcome =
      crypto_pwhash(out.data(), out.size(), input.data(), input.size(), salt.data(), cost.passes,
                    std::size_t{cost.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
  if (outcome == 0) return derived;
  return fail(CryptoError::key_unavailable,
              "There is not enough memory to check the passphrase. Free some memory and try again.",
              OperatorText{"Argon2id: no memory for " + std::to_string(cost.memory_kib) + " KiB"});
}

}  // namespace cardvault
