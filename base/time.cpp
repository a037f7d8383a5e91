#include "base/time.h"

#include <charconv>

namespace cardvault {
namespace {

using namespace std::chrono;

/// Takes exactly `count` digits off the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count || text.find_first_not_of("0123456789") < count) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + count, value);
  if (error != std::errc{} || end != text.data() + count) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

/// Takes `wanted` off the front of `text`; a letter may have either case (RFC 3339, 5.6).
bool take(std::string_view& text, char wanted) {
  if (text.empty()) return false;
  const char first = text.front();
  const bool small = first >= 'a' && first <= 'z';
  if ((small ? static_cast<char>(first - 'a' + 'A') : first) != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<sys_days> take_date(std::string_view& text) {
  const auto y = take_digits(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || !take(text, '-')) return std::nullopt;
  const auto d = take_digits(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date};
}

std::optional<milliseconds> take_time_of_day(std::string_view& text) {
  const auto h = take_digits(text, 2);
  if (!h || *h > 23 || !take(text, ':')) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || *m > 59 || !take(text, ':')) return std::nullopt;
  const auto s = take_digits(text, 2);
  if (!s || *s > 60) return std::nullopt;
  milliseconds of_day = hours{*h} + minutes{*m} + seconds{*s};
  if (take(text, '.')) {
    int scale = 100;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      of_day += milliseconds{(text.front() - '0') * scale};
      scale /= 10;
      any = true;
      text.remove_prefix(1);
    }
    if (!any) return std::nullopt;
  }
  return of_day;
}

std::optional<minutes> take_offset(std::string_view& text) {
  if (take(text, 'Z')) return minutes{0};
  const bool east = take(text, '+');
  if (!east && !take(text, '-')) return std::nullopt;
  const auto h = take_digits(text, 2);
  if (!h || *h > 23 || !take(text, ':')) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || *m > 59) return std::nullopt;
  const minutes offset = hours{*h} + minutes{*m};
  return east ? offset : -offset;
}

// Years have four digits, before and after the offset is subtracted.
constexpr Time kFirst{sys_days{year{0} / 1 / 1}};
constexpr Time kPastLast{sys_days{year{10'000} / 1 / 1}};

/// A leap second ends a month in UTC (RFC 3339, 5.6 and 5.7). This clock has no leap seconds, so
/// `time` is the second after it.
bool follows_leap_second(Time time) {
  const sys_days date = floor<days>(time);
  return year_month_day{date}.day() == day{1} && time - date < seconds{1};
}

/// Writes the last `count` decimal digits of `value` into `text` from `at` on.
void put_digits(std::string& text, std::size_t at, std::size_t count, unsigned value) {
  for (std::size_t i = count; i-- > 0; value /= 10) {
    text[at + i] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::string format_rfc3339(Time time) {
  const sys_days date = floor<days>(time);
  const year_month_day ymd{date};
  const hh_mm_ss of_day{floor<seconds>(time - date)};
  std::string text = "0000-00-00T00:00:00Z";
  put_digits(text, 0, 4, static_cast<unsigned>(static_cast<int>(ymd.year())));
  put_digits(text, 5, 2, static_cast<unsigned>(ymd.month()));
  put_digits(text, 8, 2, static_cast<unsigned>(ymd.day()));
  put_digits(text, 11, 2, static_cast<unsigned>(of_day.hours().count()));
  put_digits(text, 14, 2, static_cast<unsigned>(of_day.minutes().count()));
  put_digits(text, 17, 2, static_cast<unsigned>(of_day.seconds().count()));
  return text;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, 'T')) return std::nullopt;
  const bool leap = text.substr(0, 8).ends_with(":60");
  const auto of_day = take_time_of_day(text);
  if (!of_day) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const Time time = Time{*date} + *of_day - *offset;
  if (leap && !follows_leap_second(time)) return std::nullopt;
  if (time < kFirst || time >= kPastLast) return std::nullopt;
  return time;
}

Time SystemClock::now() const {
  return floor<milliseconds>(system_clock::now());
}

}  // namespace cardvault
