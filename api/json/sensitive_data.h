#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "base/error.h"

namespace cardvault::api {

/// Members whose texts are not searched: the card number itself, and secrets that are never shown
/// and may consist of digits. If you add one, keep its value out of every answer, log and message.
inline constexpr std::array<std::string_view, 9> kMayHoldDigits{
    "pan", "password", "gesture", "secret", "token", "share", "typed", "root", "present_root"};

/// Finds data that no request may carry, on any route:
///
///   a member named like a CVV, CVN, CVC, PIN, track or card expiry   not_allowed
///   a text that holds a card number (vault/text/card_in_text.h)    card_number
///
/// It searches every text, also in members that no route knows, so that a new member cannot escape
/// the check. Only members in kMayHoldDigits are left out. Error: sensitive_data_refused with the
/// places, such as "wallets[0].cards[2].holder_name", at most kMostRefused of them.
[[nodiscard]] std::optional<Error> find_sensitive_data(const nlohmann::json& document);

}  // namespace cardvault::api
