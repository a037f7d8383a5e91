#pragma once

#include <array>
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

/// Who holds the root key, as an operator says it. Secrets are in files or are asked for, because
/// arguments and the environment can be read by others.
struct SealOptions {
  /// nullopt: the one that the stored keyring names, a key file for a new one.
  std::optional<SealKind> kind = {};
  std::filesystem::path root_key_file = {};
  /// A descriptor that holds the passphrase as its first line; otherwise the terminal is asked.
  std::optional<int> passphrase_fd = {};
  std::uint32_t shares = 5;
  std::uint32_t threshold = 3;
  std::vector<std::string> custodians = {};
  Pkcs11Place pkcs11 = {};
  std::filesystem::path pkcs11_pin_file = {};
  bool pkcs11_create_key = false;  ///< in create_seal(): make the key that the label names
  TransitOptions transit = {};
  std::filesystem::path transit_token_file = {};
};

inline constexpr std::array kSealKinds{SealKind::key_file, SealKind::passphrase, SealKind::shamir,
                                       SealKind::pkcs11, SealKind::transit};

[[nodiscard]] std::optional<SealKind> parse_seal_kind(std::string_view name);

/// What a person has to type for a seal: a passphrase, or the PIN of a token that has no PIN file.
/// "passphrase", "pin" or nothing.
[[nodiscard]] std::string_view typed_for(SealKind kind, const SealOptions& options);

/// The seal of this kind, to open a vault with. Without `typed` what typed_for() names is asked
/// for. vault_sealed for shares, which custodians give one by one (see KeyringKeeper::offer_share);
/// key_unavailable or invalid_request saying what is missing; weak_credential never.
[[nodiscard]] Result<std::unique_ptr<Seal>> open_seal(SealKind kind, const SealOptions& options,
                                                      std::optional<SecretText> typed,
                                                      RandomSource& random);

/// The passphrase that there is: from the descriptor, else asked for on the terminal.
[[nodiscard]] Result<SecretText> ask_passphrase(const SealOptions& options);
/// That of something new: from the descriptor, else asked for twice. invalid_request when the two
/// are not the same.
[[nodiscard]] Result<SecretText> new_passphrase(const SealOptions& options);
[[nodiscard]] Result<SecretText> ask_pin();

/// A seal for a new keyring, with a root key made for it where it has none: a file, and a key in
/// the token when that is asked for. Without `typed` a passphrase is that of new_passphrase(), and
/// a PIN is asked for.
/// Shares are made by who hands them out: see Ceremony.
[[nodiscard]] Result<std::unique_ptr<Seal>> create_seal(SealKind kind, const SealOptions& options,
                                                        std::optional<SecretText> typed,
                                                        RandomSource& random);

}  // namespace cardvault::api
