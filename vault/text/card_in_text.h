#pragma once

#include <string_view>

namespace cardvault {

/// True if people would read a card number in the text, in any spelling. The digits may have any
/// script and width (base/unicode.h). Spaces, dashes, other punctuation, symbols and characters
/// without width may separate them. The number is found even with one extra digit before or after
/// it, with an expiry date or a code after it, with leading zeros, and beside other numbers.
///
/// Digits count as a card number if two of these three hold: prefix and length belong to a scheme
/// (13 to 19 digits); the Luhn check passes; they are grouped like cards (4-4-4-4, 4-6-5, 4-6-4,
/// 6-13, 4-4-4-4-1 to -3). Numbers of 16 or more digits that begin with 62 or 81 need no other
/// sign, because not all of them pass Luhn. A number of at most 15 digits after a plus needs all
/// three. Dates, times of day, UUIDs, digests and IBANs are removed before. docs/decisions/0027
/// gives the reasons and lists the cases that this check misses.
[[nodiscard]] bool holds_card_number(std::string_view text);

}  // namespace cardvault
