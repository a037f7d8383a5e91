#pragma once

#include <string>
#include <string_view>

#include "vault/policy/bank_catalogue.h"
#include "vault/wallet/card.h"

namespace cardvault {

/// How a card is written for people. Nothing here reveals more than first six and last four digits,
/// and the list form only the last four and not even the number's length.

/// "**** **** **** 1234" for every card, however long its number is.
[[nodiscard]] std::string masked_number(const Card& card);

/// "622609 **** 0048".
[[nodiscard]] std::string masked_number_in_detail(const Card& card);

[[nodiscard]] const std::string& bank_name(const Bank& bank, std::string_view locale);

/// "招商银行 储蓄卡 (1234)"; the scheme stands for the kind of card when that is not known.
[[nodiscard]] std::string display_name(const Card& card, const Bank& bank, std::string_view locale);

/// The same for a screen reader, digits apart so that they are read one by one.
[[nodiscard]] std::string spoken_name(const Card& card, const Bank& bank, std::string_view locale);

}  // namespace cardvault
