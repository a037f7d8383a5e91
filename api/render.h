#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/json_writer.h"
#include "vault/use_cases/audit_checkpoints.h"
#include "vault/use_cases/manage_tokens.h"

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
[[nodiscard]] std::string render_card(const Card& card, const BankCatalogue& banks,
                                      std::string_view locale);
/// The same with first6, a mask that shows it, kind and Luhn result.
[[nodiscard]] std::string render_card_detail(const Card& card, const BankCatalogue& banks,
                                             std::string_view locale);
[[nodiscard]] std::string render_card_list(const std::vector<const Card*>& cards,
                                           const BankCatalogue& banks, std::string_view locale,
                                           std::uint64_t list_version);
[[nodiscard]] std::string render_audit(const AuditPage& page, const ChainStatus& chain);

}  // namespace cardvault::api
