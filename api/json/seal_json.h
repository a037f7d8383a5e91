#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/json/body.h"
#include "api/seals/seal_options.h"
#include "crypto/keys/life/keyring_keeper.h"

namespace cardvault::api {

/// The forms in which seals and shares pass between the command line and a running server. Files
/// pass by their absolute paths: both are on one machine.

/// A root key in shares that the custodians have already: nothing is sealed under shares that may
/// get lost on their way.
struct SharedRoot {
  Ceremony ceremony;
  SecretBytes root;
};

/// A seal to change to.
struct SealRequest {
  SealKind kind = SealKind::key_file;
  SealOptions options = {};
  std::optional<SecretText> typed = {};          ///< see typed_for()
  std::optional<SharedRoot> shared = {};         ///< with SealKind::shamir
  std::optional<SecretBytes> present_root = {};  ///< of a vault that is in shares until now
};

/// `{kind, root_key_file?, typed?, ceremony?, root?, threshold?, shares?, custodians?,
/// present_root?, pkcs11_...?, transit_...?}`
[[nodiscard]] SealRequest read_seal_request(Body& body);
[[nodiscard]] SecretText render_seal_request(const SealRequest& request);

/// See handlers::show_seal.
[[nodiscard]] Result<std::string> render_seal(KeyringKeeper& keeper, bool sealed,
                                              const SealOptions& options);

}  // namespace cardvault::api
