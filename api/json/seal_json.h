#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/json/body.h"
#include "api/seals/seal_options.h"
#include "crypto/keys/life/keyring_keeper.h"

namespace cardvault::api {

/// JSON of seals and shares between the command line and a running server. Files are given by their
/// absolute paths, because both are on one machine.

/// A root key in shares that the custodians already have. Nothing is sealed under shares that could
/// be lost before they are handed out.
struct SharedRoot {
  Ceremony ceremony;
  SecretBytes root;
};

/// The seal to change to.
struct SealRequest {
  SealKind kind = SealKind::key_file;
  SealOptions options = {};
  std::optional<SecretText> typed = {};          ///< see typed_for()
  std::optional<SharedRoot> shared = {};         ///< with SealKind::shamir
  std::optional<SecretBytes> present_root = {};  ///< of a vault whose root key is in shares now
};

/// `{kind, root_key_file?, typed?, ceremony?, root?, threshold?, shares?, custodians?,
/// present_root?, pkcs11_...?, transit_...?}`
[[nodiscard]] SealRequest read_seal_request(Body& body);
[[nodiscard]] SecretText render_seal_request(const SealRequest& request);

/// See handlers::show_seal.
[[nodiscard]] Result<std::string> render_seal(KeyringKeeper& keeper, bool sealed,
                                              const SealOptions& options);

}  // namespace cardvault::api
