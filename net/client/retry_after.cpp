#include "net/client/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/ascii.h"

namespace cardvault {
namespace {

using std::chrono::year;

constexpr std::size_t kMostDigits = 9;
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> number(std::string_view text) {
  int value = 0;
  const bool plain =
      !text.empty() && text.size() <= kMostDigits && std::ranges::all_of(text, is_digit);
  if (plain) std::from_chars(text.data(), text.data() + text.size(), value);
  return plain ? std::optional(value) : std::nullopt;
}

/// The parts between spaces, commas, dashes and colons. The three forms of a date differ only in
/// these separators and in the order of the parts.
std::vector<std::string_view> parts_of(std::string_view text) {
  constexpr std::string_view kBetween = " ,-:";
  std::vector<std::string_view> parts;
  while (true) {
    const auto begin = text.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return parts;
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(kBetween), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

/// A year of two digits belongs to this century. If that is more than 50 years ahead, it belongs to
/// the last century.
year full_year(std::string_view text, int value, Time now) {
  if (text.size() != 2) return year{value};
  const year this_year =
      std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year();
  const year guess{static_cast<int>(this_year) / 100 * 100 + value};
  return guess > this_year + std::chrono::years{50} ? guess - std::chrono::years{100} : guess;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994".
std::optional<Time> parse_http_date(std::string_view text, Time now) {
  auto parts = parts_of(text);
  if (parts.size() != 8 && parts.size() != 7) return std::nullopt;
  if (parts.size() == 8 && parts.back() != "GMT") return std::nullopt;
  if (parts.size() == 7) {
    parts = {parts[0], parts[2], parts[1], parts[6], parts[3], parts[4], parts[5]};
  }
  const auto month = std::ranges::find(kMonths, parts[2]);
  const auto day = number(parts[1]);
  const auto years = number(parts[3]);
  const auto hours = number(parts[4]);
  const auto minutes = number(parts[5]);
  const auto seconds = number(parts[6]);
  const bool whole = month != kMonths.end() && day && years && hours && minutes && seconds;
  if (!whole || *hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
  const std::chrono::year_month_day date{
      full_year(parts[3], *years, now),
      std::chrono::month{static_cast<unsigned>(month - kMonths.begin()) + 1},
      std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours{*hours} + std::chrono::minutes{*minutes} +
         Seconds{*seconds};
}

}  // namespace

std::optional<Seconds> parse_retry_after(std::string_view field, Time now) {
  if (!field.empty() && std::ranges::all_of(field, is_digit)) {
    return Seconds{number(field).value_or(999'999'999)};
  }
  const auto date = parse_http_date(field, now);
  if (!date) return std::nullopt;
  return std::max(Seconds{0}, std::chrono::ceil<Seconds>(*date - now));
}

}  // namespace cardvault
