#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/json/json_writer.h"
#include "vault/access/manage_tokens.h"
#include "vault/audit/audit_checkpoints.h"
#include "vault/cards/bank_catalogue.h"

namespace cardvault::api {

/// JSON of the contract's resources. It shows at most the first six and last four digits of a card
/// number, because a Card holds no more.

[[nodiscard]] std::string render_wallet(const Wallet& wallet);
[[nodiscard]] std::string render_device(const Device& device);
[[nodiscard]] std::string render_devices(const std::vector<Device>& devices);
/// `credential` is nullptr if none is set.
[[nodiscard]] std::string render_credential(UnlockMethod method, const Credential* credential,
                                            Time now);
[[nodiscard]] std::string render_token(const IssuedToken& issued);
/// The response of RFC 7662, 2.2. `claims` is nullptr for an inactive token.
[[nodiscard]] std::string render_introspection(const TokenClaims* claims);
/// A card of `wallet` for backends: the members of the list, and whether its check digit is
/// correct.
[[nodiscard]] std::string render_card(const Wallet& wallet, const Card& card,
                                      const BankCatalogue& banks);
/// The same with first6, a mask that shows it, and kind.
[[nodiscard]] std::string render_card_detail(const Wallet& wallet, const Card& card,
                                             const BankCatalogue& banks);
/// `cards` are the cards of `wallet` that the viewer may see, in order.
[[nodiscard]] std::string render_card_list(const Wallet& wallet,
                                           const std::vector<const Card*>& cards,
                                           const BankCatalogue& banks);
[[nodiscard]] std::string render_audit(const AuditPage& page, const ChainStatus& chain);

}  // namespace cardvault::api
