#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/body.h"
#include "api/keys/keyring_keeper.h"
#include "api/keys/seal_options.h"

namespace cardvault::api {

/// The forms in which seals and shares pass between the command line and a running server. Files
/// pass by their absolute paths: both are on one machine.

/// A seal to change to.
struct SealRequest {
  SealKind kind = SealKind::key_file;
  SealOptions options;
  std::optional<SecretText> passphrase;
};

/// `{kind, root_key_file?, passphrase?, shares?, threshold?, custodians?, pkcs11?, transit?}`
[[nodiscard]] SealRequest read_seal_request(Body& body);
[[nodiscard]] SecretText render_seal_request(const SealRequest& request);

/// Shares that custodians gave, and how many are to be made of the same root key.
struct SharesRequest {
  std::vector<SecretText> current;
  std::uint32_t shares = 0;
  std::uint32_t threshold = 0;
  std::vector<std::string> custodians;
};

[[nodiscard]] SharesRequest read_shares_request(Body& body);
[[nodiscard]] SecretText render_shares_request(const SharesRequest& request);

/// `{threshold, shares, custodians:[...]}` and, when there are some, `{..., texts:[...]}`: beside
/// init's output the only place where shares are written out.
[[nodiscard]] std::string render_shares(const Ceremony& ceremony, const std::vector<Share>& shares);

/// See handlers::show_seal.
[[nodiscard]] Result<std::string> render_seal(KeyringKeeper& keeper, bool sealed);

}  // namespace cardvault::api
