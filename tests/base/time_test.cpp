#include "base/time.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>

#include "base/manual_clock.h"

using namespace cardvault;
using namespace std::chrono_literals;

namespace {

Time at_ms(std::int64_t ms) {
  return Time{std::chrono::milliseconds{ms}};
}

}  // namespace

TEST_CASE("RFC 3339: a time prints in UTC with whole seconds") {
  CHECK(format_rfc3339(at_ms(0)) == "1970-01-01T00:00:00Z");
  CHECK(format_rfc3339(at_ms(1795420800000)) == "2026-11-23T08:00:00Z");
  CHECK(format_rfc3339(at_ms(1795420800999)) == "2026-11-23T08:00:00Z");
  CHECK(format_rfc3339(at_ms(-1)) == "1969-12-31T23:59:59Z");
}

TEST_CASE("RFC 3339: every second of a millennium parses back from its text") {
  CHECK(rc::check("round trip", [] {
    const auto seconds = *rc::gen::inRange<std::int64_t>(-2'208'988'800, 32'503'680'000);
    const Time time = at_ms(seconds * 1000);
    RC_ASSERT(parse_rfc3339(format_rfc3339(time)) == time);
  }));
}

TEST_CASE("RFC 3339: fractions and numeric offsets are understood") {
  CHECK(parse_rfc3339("2026-11-23T08:00:00.25Z") == at_ms(1795420800250));
  CHECK(parse_rfc3339("2026-11-23T08:00:00.1239Z") == at_ms(1795420800123));
  CHECK(parse_rfc3339("2026-11-23T16:00:00+08:00") == at_ms(1795420800000));
  CHECK(parse_rfc3339("2026-11-23T02:30:00-05:30") == at_ms(1795420800000));
  CHECK(parse_rfc3339("2028-02-29T00:00:00Z").has_value());
}

TEST_CASE("RFC 3339: lower-case t and z are accepted") {
  CHECK(parse_rfc3339("2026-11-23t08:00:00z") == at_ms(1795420800000));
  CHECK(parse_rfc3339("2026-11-23T08:00:00.5z") == at_ms(1795420800500));
  CHECK(parse_rfc3339("2026-11-23t16:00:00+08:00") == at_ms(1795420800000));
  CHECK_FALSE(parse_rfc3339("2026-11-23t08:00:00zz"));
}

TEST_CASE(
    "RFC 3339: a leap second is valid only at the end of a UTC month and equals the next second") {
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == parse_rfc3339("2017-01-01T00:00:00Z"));
  CHECK(parse_rfc3339("1990-12-31T15:59:60-08:00") == parse_rfc3339("1991-01-01T00:00:00Z"));
  CHECK(parse_rfc3339("2016-12-31T23:59:60.25Z") == parse_rfc3339("2017-01-01T00:00:00.25Z"));
  CHECK_FALSE(parse_rfc3339("2016-12-30T23:59:60Z"));
  CHECK_FALSE(parse_rfc3339("2016-12-31T22:59:60Z"));
  CHECK_FALSE(parse_rfc3339("2016-12-31T23:59:61Z"));
}

TEST_CASE("RFC 3339: an offset that leads out of the years 0000 to 9999 is refused") {
  CHECK(parse_rfc3339("0000-01-01T00:00:00Z"));
  CHECK(parse_rfc3339("9999-12-31T23:59:59Z"));
  CHECK_FALSE(parse_rfc3339("0000-01-01T00:00:00+00:01"));
  CHECK_FALSE(parse_rfc3339("9999-12-31T23:59:59-00:01"));
}

TEST_CASE("RFC 3339: days and times that do not exist are refused") {
  for (const std::string_view text :
       {"2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+08:60"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("RFC 3339: other shapes are refused") {
  for (const std::string_view text :
       {"", "2026-11-23", "2026-11-23T08:00:00", "2026-11-23 08:00:00Z", "2026-11-23T08:00Z",
        "2026-11-23T08:00:00.Z", "2026-11-23T08:00:00Z ", " 2026-11-23T08:00:00Z",
        "2026-11-23T08:00:00ZZ", "2026-11-23T08:00:00+0800", "2026-1-23T08:00:00Z",
        "26-11-23T08:00:00Z", "2026/11/23T08:00:00Z", "2026-11-23T8:00:00Z",
        "2026-11-23T08:00:00,5Z", "2026-11-23T08:00:00+08:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("RFC 3339: a sign is not a digit") {
  for (const std::string_view text :
       {"-000-01-01T00:00:00Z", "2026-11-23T-0:00:00Z", "2026-11-23T08:-0:00Z",
        "2026-11-23T08:00:-0Z", "2026-11-23T08:00:00+-0:00", "2026-11-23T08:00:00+08:-0",
        "+026-01-01T00:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("adjustable clock: over a fixed clock the time stands still until it is advanced") {
  const FixedClock fixed(at_ms(1000));
  AdjustableClock clock(fixed);
  CHECK(clock.now() == at_ms(1000));
  clock.advance(90s);
  CHECK(clock.now() == at_ms(91000));
  CHECK(fixed.now() == at_ms(1000));
}
