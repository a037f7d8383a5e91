#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/json/json_writer.h"
#include "vault/access/manage_tokens.h"
#include "vault/audit/audit_checkpoints.h"
#include "vault/cards/bank_catalogue.h"

namespace cardvault::api {

/// The JSON forms of the contract's resources. None of them can show more of a card number than its
/// first six and last four digits, because a Card holds no more.

[[nodiscard]] std::string render_wallet(const Wallet& wallet);
[[nodiscard]] std::string render_device(const Device& device);
[[nodiscard]] std::string render_devices(const std::vector<Device>& devices);
/// `credential` is nullptr when none is set.
[[nodiscard]] std::string render_credential(UnlockMethod method, const Credential* credential,
                                            Time now);
[[nodiscard]] std::string render_token(const IssuedToken& issued);
/// RFC 7662, 2.2; `claims` is nullptr for a token that is not active.
[[nodiscard]] std::string render_introspection(const TokenClaims* claims);
/// A card of `wallet`, as backends see it: the list's members and whether its check digit is right.
[[nodiscard]] std::string render_card(const Wallet& wallet, const Card& card,
                                      const BankCatalogue& banks);
/// The same with first6, a mask that shows it, and kind.
[[nodiscard]] std::string render_card_detail(const Wallet& wallet, const Card& card,
                                             const BankCatalogue& banks);
/// `cards` are those of `wallet` that the viewer sees, in order.
[[nodiscard]] std::string render_card_list(const Wallet& wallet,
                                           const std::vector<const Card*>& cards,
                                           const BankCatalogue& banks);
[[nodiscard]] std::string render_audit(const AuditPage& page, const ChainStatus& chain);

}  // namespace cardvault::api
