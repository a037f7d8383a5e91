#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault/cards/bank_catalogue.h"
#include "vault/cards/card_twins.h"
#include "vault/wallet/card.h"

namespace cardvault {

/// How a card is written for people. Nothing here reveals more than first six and last four digits,
/// and the list form only the last four and not even the number's length. `twin` is what CardTwins
/// says of the card: one with a twin is marked in each of the first three, so that no two cards of
/// a bank read the same.

/// "**** **** **** 1234" for every card, however long its number is; with a twin
/// "**** **** **** 1234 · 储蓄卡" or "**** **** **** 1234 · debit card · 2nd".
[[nodiscard]] std::string masked_number(const Card& card, std::string_view locale,
                                        const std::optional<Twin>& twin = {});

/// "622609 **** 0048", or the list's form without a mark for a card whose first six are not kept:
/// see Pan::first6().
[[nodiscard]] std::string masked_number_in_detail(const Card& card);

[[nodiscard]] const std::string& bank_name(const Bank& bank, std::string_view locale);

/// "招商银行 储蓄卡 (1234)"; the scheme stands for the kind of card when that is not known. With a
/// twin of its kind "招商银行 储蓄卡 (1234) · 第2张".
[[nodiscard]] std::string display_name(const Card& card, const Bank& bank, std::string_view locale,
                                       const std::optional<Twin>& twin = {});

/// The same for a screen reader, digits apart so that they are read one by one.
[[nodiscard]] std::string spoken_name(const Card& card, const Bank& bank, std::string_view locale,
                                      const std::optional<Twin>& twin = {});

}  // namespace cardvault
