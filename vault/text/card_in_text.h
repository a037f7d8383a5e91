#pragma once

#include <string_view>

namespace cardvault {

/// True when the text holds what people read as a card number, however it is spelled: digits of any
/// script and width (base/unicode.h), with spaces, dashes, other punctuation, symbols and
/// characters without width between them. One digit more in front or behind does not hide it, nor
/// do an expiry date or a code written behind it, leading zeros, and other numbers beside it.
///
/// Digits count as a card number when two of these three hold: prefix and length are a scheme's
/// (13 to 19 digits); the Luhn check passes; they are grouped as cards are (4-4-4-4, 4-6-5, 4-6-4,
/// 6-13, 4-4-4-4-1 to -3). Numbers of 16 or more digits that begin with 62 or 81 need no other
/// sign, as not all of them pass Luhn. A number of at most 15 digits behind a plus needs all three.
/// Dates, times of day, UUIDs, digests and IBANs are cut out before. docs/decisions/0027 says why,
/// and what is missed.
[[nodiscard]] bool holds_card_number(std::string_view text);

}  // namespace cardvault
