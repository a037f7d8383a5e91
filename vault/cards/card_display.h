#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vault/cards/bank_catalogue.h"
#include "vault/cards/card_twins.h"
#include "vault/wallet/card.h"

namespace cardvault {

/// Texts that show a card to people. They reveal at most the first six and last four digits. The
/// texts of a list reveal only the last four, and not even the length of the number. `twin` is the
/// result of CardTwins for the card. A function that takes it marks a card with a twin, so that no
/// two cards of a bank read the same.

/// Returns "**** **** **** 1234" for every card, however long its number is. With a twin: "****
/// **** **** 1234 · 储蓄卡" or "**** **** **** 1234 · debit card · 2nd".
[[nodiscard]] std::string masked_number(const Card& card, std::string_view locale,
                                        const std::optional<Twin>& twin = {});

/// Returns "622609 **** 0048". If the first six digits are not kept (see Pan::first6()), it returns
/// the list's form without a mark.
[[nodiscard]] std::string masked_number_in_detail(const Card& card);

[[nodiscard]] const std::string& bank_name(const Bank& bank, std::string_view locale);

/// Returns "招商银行 储蓄卡 (1234)". If the kind of card is not known, the scheme stands in its place.
/// With a twin of its kind: "招商银行 储蓄卡 (1234) · 第2张".
[[nodiscard]] std::string display_name(const Card& card, const Bank& bank, std::string_view locale,
                                       const std::optional<Twin>& twin = {});

/// Returns the same text for a screen reader. Spaces separate the digits, so it reads them one by
/// one.
[[nodiscard]] std::string spoken_name(const Card& card, const Bank& bank, std::string_view locale,
                                      const std::optional<Twin>& twin = {});

}  // namespace cardvault
