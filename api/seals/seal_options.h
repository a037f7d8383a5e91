#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "crypto/keys/seal.h"
#include "crypto/keys/seals/pkcs11_seal.h"
#include "crypto/keys/seals/transit_seal.h"
#include "crypto/secret.h"

namespace cardvault::api {

/// The holder of the root key, as the operator's options say. Secrets come from files or from a
/// terminal, because other users can read arguments and the environment.
struct SealOptions {
  /// nullopt: the kind that the stored keyring names; a key file for a new keyring.
  std::optional<SealKind> kind = {};
  std::filesystem::path root_key_file = {};
  /// A file descriptor whose first line is the passphrase. nullopt: ask on the terminal.
  std::optional<int> passphrase_fd = {};
  std::uint32_t shares = 5;
  std::uint32_t threshold = 3;
  std::vector<std::string> custodians = {};
  Pkcs11Place pkcs11 = {};
  std::filesystem::path pkcs11_pin_file = {};
  bool pkcs11_create_key = false;  ///< create_seal() makes the key that the label names
  TransitOptions transit = {};
  std::filesystem::path transit_token_file = {};
};

/// The secret that a person must type for a seal: "passphrase", "pin" (for a token without a PIN
/// file) or "".
[[nodiscard]] std::string_view typed_for(SealKind kind, const SealOptions& options);

/// A seal of this kind to open a vault with. Without `typed`, it asks for the secret that
/// typed_for() names. Errors: vault_sealed for shares, which custodians give one by one (see
/// KeyringKeeper::offer_share); key_unavailable or invalid_request, with a detail that names the
/// missing part. It never fails with weak_credential.
[[nodiscard]] Result<std::unique_ptr<Seal>> open_seal(SealKind kind, const SealOptions& options,
                                                      std::optional<SecretText> typed,
                                                      RandomSource& random);

/// The existing passphrase, from the file descriptor or else from the terminal.
[[nodiscard]] Result<SecretText> ask_passphrase(const SealOptions& options);
/// A new passphrase, from the file descriptor or else typed twice on the terminal. Error:
/// invalid_request if the two differ.
[[nodiscard]] Result<SecretText> new_passphrase(const SealOptions& options);
[[nodiscard]] Result<SecretText> ask_pin();

/// A seal for a new keyring. It makes a missing root key: a key file, or a key in the token if the
/// options ask for that. Without `typed`, a passphrase comes from new_passphrase(), and a PIN is
/// asked for. Error: vault_sealed for shares; the code that hands out shares makes them, see
/// Ceremony.
[[nodiscard]] Result<std::unique_ptr<Seal>> create_seal(SealKind kind, const SealOptions& options,
                                                        std::optional<SecretText> typed,
                                                        RandomSource& random);

}  // namespace cardvault::api
