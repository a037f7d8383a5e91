#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cardvault {

/// Adjacent digits without a separator.
struct DigitGroup {
  std::size_t first = 0;  ///< index in DigitRun::digits
  std::size_t count = 0;
  std::u32string gap;  ///< separators before the group; empty for the first group of a run
};

/// Digits with only separators between them.
struct DigitRun {
  std::string digits;  ///< in ASCII; the digits of all groups in order
  std::vector<DigitGroup> groups;
  bool behind_plus = false;  ///< a plus stands before it, as in an international telephone number
};

/// The effect of a character without width between two digits.
enum class Thin { separates, joins };

/// Returns the runs of a text that have 13 digits or more. They never contain: UUIDs (RFC 9562),
/// hexadecimal digests, account numbers with right check digits (IBAN, ISO 13616), dates
/// (2026-11-30, 2026/11/30, 30.11.2026 and so on, from 1900 to 2099) and times of day (14:05,
/// 14:05:09).
[[nodiscard]] std::vector<DigitRun> digit_runs(std::string_view text, Thin thin);

}  // namespace cardvault
