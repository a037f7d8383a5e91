#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "base/error.h"

namespace cardvault::api {

/// Members whose texts are not looked at: the card number itself, and secrets that are never shown
/// and may well be digits. Whoever adds one has to keep its value out of every answer, log and
/// message.
inline constexpr std::array<std::string_view, 9> kMayHoldDigits{
    "pan", "password", "gesture", "secret", "token", "share", "typed", "root", "present_root"};

/// What no request may carry, whatever its route reads:
///
///   a member named like a CVV, CVN, CVC, PIN, track or card expiry   not_allowed
///   a text that holds a card number (vault/text/card_in_text.h)    card_number
///
/// Every text is looked at wherever it stands, also in members that no route knows, so that a new
/// member cannot miss the check; those in kMayHoldDigits are left out. sensitive_data_refused with
/// the places, as in "wallets[0].cards[2].holder_name", at most kMostRefused of them.
[[nodiscard]] std::optional<Error> find_sensitive_data(const nlohmann::json& document);

}  // namespace cardvault::api
