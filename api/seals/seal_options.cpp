#include "api/seals/seal_options.h"

#include <utility>

#include "api/seals/terminal.h"
#include "crypto/keys/error_codes.h"
#include "crypto/keys/seals/key_file_seal.h"
#include "crypto/keys/seals/passphrase_seal.h"
#include "crypto/private_file.h"
#include "net/client/address.h"

namespace cardvault::api {
namespace {

constexpr std::size_t kLongestPin = 255;
constexpr std::size_t kLongestToken = 4096;

std::unexpected<Error> in_shares() {
  return fail(
      KeyError::vault_sealed,
      "The vault is sealed. Its custodians open it in a running server with `cardvault unseal`.");
}

Result<SecretText> pin_of(const SealOptions& options, std::optional<SecretText> typed) {
  if (typed) return std::move(*typed);
  if (options.pkcs11_pin_file.empty()) return ask_pin();
  return read_private_file(options.pkcs11_pin_file, kLongestPin, "PIN file",
                           " Name its path with --pkcs11-pin-file.");
}

template <class AnySeal>
Result<std::unique_ptr<Seal>> as_seal(Result<std::unique_ptr<AnySeal>> seal) {
  if (!seal) return fail(std::move(seal.error()));
  return std::unique_ptr<Seal>(std::move(*seal));
}

Result<std::unique_ptr<Seal>> open_token(const SealOptions& options, bool with_new_key,
                                         std::optional<SecretText> typed, RandomSource& random) {
  TRY_VALUE(auto pin, pin_of(options, std::move(typed)));
  if (with_new_key) {
    TRY(Pkcs11Seal::create_key(options.pkcs11, pin));
  }
  return as_seal(Pkcs11Seal::open(options.pkcs11, std::move(pin), random));
}

Result<std::unique_ptr<Seal>> open_transit(const SealOptions& options) {
  TRY_VALUE(auto token,
            read_private_file(options.transit_token_file, kLongestToken, "transit token file",
                              " Name its path with --transit-token-file."));
  return as_seal(TransitSeal::open(options.transit, std::move(token), resolve_by_system));
}

}  // namespace

std::string_view typed_for(SealKind kind, const SealOptions& options) {
  if (kind == SealKind::passphrase) return "passphrase";
  if (kind == SealKind::pkcs11 && options.pkcs11_pin_file.empty()) return "pin";
  return {};
}

Result<SecretText> ask_passphrase(const SealOptions& options) {
  if (options.passphrase_fd) return read_secret_line(*options.passphrase_fd);
  return ask_on_terminal("Passphrase of the vault: ");
}

Result<SecretText> ask_pin() {
  return ask_on_terminal("PIN of the token: ");
}

Result<SecretText> new_passphrase(const SealOptions& options) {
  if (options.passphrase_fd) return read_secret_line(*options.passphrase_fd);
  auto first = ask_on_terminal("New passphrase of the vault: ");
  if (!first) return first;
  TRY_VALUE(const auto second, ask_on_terminal("Repeat the new passphrase: "));
  if (equal_constant_time(as_bytes(first->expose()), as_bytes(second.expose()))) return first;
  return fail(ErrorCode::invalid_request, "The two passphrases are not the same.");
}

Result<std::unique_ptr<Seal>> open_seal(SealKind kind, const SealOptions& options,
                                        std::optional<SecretText> typed, RandomSource& random) {
  switch (kind) {
    case SealKind::key_file:
      return as_seal(KeyFileSeal::open(options.root_key_file, random));
    case SealKind::passphrase: {
      TRY_VALUE(auto text, typed ? Result<SecretText>(std::move(*typed)) : ask_passphrase(options));
      return std::make_unique<PassphraseSeal>(std::move(text), random);
    }
    case SealKind::shamir:
      return in_shares();
    case SealKind::pkcs11:
      return open_token(options, false, std::move(typed), random);
    case SealKind::transit:
      return open_transit(options);
  }
  return in_shares();
}

Result<std::unique_ptr<Seal>> create_seal(SealKind kind, const SealOptions& options,
                                          std::optional<SecretText> typed, RandomSource& random) {
  switch (kind) {
    case SealKind::key_file: {
      if (!std::filesystem::exists(options.root_key_file)) {
        TRY(KeyFileSeal::create(options.root_key_file, random));
      }
      return as_seal(KeyFileSeal::open(options.root_key_file, random));
    }
    case SealKind::passphrase: {
      TRY_VALUE(auto text, typed ? Result<SecretText>(std::move(*typed)) : new_passphrase(options));
      return as_seal(PassphraseSeal::create(std::move(text), random));
    }
    case SealKind::shamir:
      return in_shares();
    case SealKind::pkcs11:
      return open_token(options, options.pkcs11_create_key, std::move(typed), random);
    case SealKind::transit:
      return open_transit(options);
  }
  return in_shares();
}

}  // namespace cardvault::api
