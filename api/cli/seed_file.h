#pragma once

#include <string_view>
#include <vector>

#include "api/json/client_json.h"
#include "base/result.h"
#include "vault/lifecycle/seed_wallet.h"

namespace cardvault::api {

/// The content of the file that `cardvault seed` fills a test vault with; see config/seed.json.
///
///   {client: {name, permissions}, wallets: [{id, subject, locale?, password?, gesture?,
///     devices?: [{id, name, fingerprint, sim?, public_key?}],
///     cards?: [{id, pan, holder_name?, phone?, channels?}]}]}
///
/// The members have the same meaning as in the API (docs/api.md).
struct SeedFile {
  ClientRequest client;
  std::vector<SeedWallet> wallets;
};

/// Errors: invalid_request with every wrong member, such as "wallets[0].cards[2].pan";
/// malformed_json and sensitive_data_refused as for the body of a request.
[[nodiscard]] Result<SeedFile> parse_seed_file(std::string_view text);

}  // namespace cardvault::api
