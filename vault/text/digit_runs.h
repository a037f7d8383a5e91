#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cardvault {

/// Digits that touch each other.
struct DigitGroup {
  std::size_t first = 0;  ///< within DigitRun::digits
  std::size_t count = 0;
  std::u32string gap;  ///< the separators in front of it, empty for the first of a run
};

/// Digits with nothing but separators between them.
struct DigitRun {
  std::string digits;  ///< in ASCII, all groups one after the other
  std::vector<DigitGroup> groups;
  bool behind_plus = false;  ///< a plus stands in front, as of an international telephone number
};

/// What characters without width do between two digits.
enum class Thin { separates, joins };

/// The runs of a text that have 13 digits or more. Not part of any: UUIDs (RFC 9562), digests in
/// hexadecimal, account numbers with right check digits (IBAN, ISO 13616), dates (2026-11-30,
/// 2026/11/30, 30.11.2026 and so on, from 1900 to 2099) and times of day (14:05, 14:05:09).
[[nodiscard]] std::vector<DigitRun> digit_runs(std::string_view text, Thin thin);

}  // namespace cardvault
