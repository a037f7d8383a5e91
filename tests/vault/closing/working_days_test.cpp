#include "vault/closing/working_days.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/crypto/published_vectors.h"
#include "tests/vault/vault_fixture.h"

namespace Catch {

template <>
struct StringMaker<cardvault::Deadline> {
  static std::string convert(const cardvault::Deadline& deadline) {
    const auto past = deadline.at.time_since_epoch() % std::chrono::seconds(1);
    return cardvault::format_rfc3339(deadline.at) + " + " + std::to_string(past.count()) + " ms" +
           (deadline.provisional ? ", provisional" : "");
  }
};

}  // namespace Catch

namespace cardvault::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::days;
using std::chrono::local_days;

constexpr std::string_view kShanghai = DeadlineRule::kDefaultZone;
constexpr std::uint32_t kSeven = DeadlineRule::kDefaultWorkingDays;

std::string shipped_document() {
  std::ifstream file(CARDVAULT_SOURCE_DIR "/config/calendars/cn-2026.json");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string document(int year, const std::vector<std::string>& off,
                     const std::vector<std::string>& worked) {
  return json{{"calendar", "cn"},
              {"year", year},
              {"source", "made up"},
              {"days_off", off},
              {"working_days", worked}}
      .dump();
}

std::shared_ptr<const WorkingDays> calendar_of(const std::vector<std::string>& documents) {
  auto calendar = std::make_shared<WorkingDays>();
  for (const std::string& text : documents) REQUIRE(code_of(calendar->add(text)) == "ok");
  return calendar;
}

std::unique_ptr<DeadlineRule> rule_of(std::string_view zone, std::uint32_t working_days,
                                      const std::vector<std::string>& documents) {
  auto rule = DeadlineRule::make(zone, working_days);
  REQUIRE(rule);
  (*rule)->use(calendar_of(documents));
  return std::move(*rule);
}

Time at(std::string_view text) {
  const auto time = parse_rfc3339(text);
  REQUIRE(time);
  return *time;
}

Deadline final(std::string_view text) {
  return {at(text), false};
}
Deadline provisional(std::string_view text) {
  return {at(text), true};
}

local_days day(int year, unsigned month, unsigned of_month) {
  return local_days(std::chrono::year(year) / std::chrono::month(month) /
                    std::chrono::day(of_month));
}

bool is_weekend(local_days any) {
  const std::chrono::weekday weekday(any);
  return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

std::string iso(local_days any) {
  return format_rfc3339(Time(any.time_since_epoch())).substr(0, 10);
}

/// The first `count` days of the year from Monday to Friday.
std::vector<std::string> first_weekdays(int year, std::size_t count) {
  std::vector<std::string> found;
  for (local_days any = day(year, 1, 1); found.size() < count; any += days(1)) {
    if (!is_weekend(any)) found.push_back(iso(any));
  }
  return found;
}

Time any_time() {
  return Time(1ms *
              *rc::gen::inRange<std::int64_t>(at("2025-12-01T00:00:00Z").time_since_epoch() / 1ms,
                                              at("2028-01-01T00:00:00Z").time_since_epoch() / 1ms));
}

/// Shanghai has had no other offset since 1991.
local_days day_in_shanghai(Time time) {
  return local_days(std::chrono::floor<days>(time.time_since_epoch() + 8h));
}

}  // namespace

TEST_CASE("working days: the shipped calendar of 2026 matches the State Council's publication") {
  const auto published = published_vectors("holiday-cn-2026.json");
  if (!published) SKIP("holiday-cn-2026.json is not in the folder of published vectors");
  std::map<std::string, bool> off;
  for (const json& entry : published->at("days")) off[entry.at("date")] = entry.at("isOffDay");
  const auto calendar = calendar_of({shipped_document()});
  CHECK(calendar->knows(2026y));
  for (local_days any = day(2026, 1, 1); any <= day(2026, 12, 31); any += days(1)) {
    CAPTURE(iso(any));
    const auto listed = off.find(iso(any));
    CHECK(calendar->is_worked(any) == (listed == off.end() ? !is_weekend(any) : !listed->second));
  }
  CHECK(json::parse(shipped_document()).at("source") == published->at("papers").at(0));
}

TEST_CASE("working days: a missing year has weekends only") {
  const auto calendar = calendar_of({shipped_document()});
  CHECK_FALSE(calendar->knows(2025y));
  CHECK_FALSE(calendar->knows(2027y));
  CHECK(calendar->is_worked(day(2025, 10, 1)));
  CHECK_FALSE(calendar->is_worked(day(2025, 10, 4)));
  CHECK_FALSE(calendar->is_worked(day(2027, 10, 10)));
}

TEST_CASE("deadline: seven working days by the 2026 calendar end at the day's last millisecond") {
  const auto rule = rule_of(kShanghai, kSeven, {shipped_document()});
  const auto [requested, last] = GENERATE(table<std::string, std::string>({
      // A plain week: 2 to 5, 8, 9, 10 June.
      {"2026-06-01T09:30:00+08:00", "2026-06-10"},
      // The day is that of Shanghai.
      {"2026-06-01T00:00:00+08:00", "2026-06-10"},
      {"2026-06-01T23:59:59+08:00", "2026-06-10"},
      {"2026-06-01T23:59:59.999+08:00", "2026-06-10"},
      {"2026-06-02T00:00:00+08:00", "2026-06-11"},
      // National Day: 29, 30 September, 8, 9, Saturday 10, 12, 13 October.
      {"2026-09-28T12:00:00+08:00", "2026-10-13"},
      // From its eve, from its middle: 8, 9, Saturday 10, 12, 13, 14, 15 October.
      {"2026-09-30T12:00:00+08:00", "2026-10-15"},
      {"2026-10-03T12:00:00+08:00", "2026-10-15"},
      // From the Saturday that is a working day: 12 to 16, 19, 20 October.
      {"2026-10-10T12:00:00+08:00", "2026-10-20"},
      // Spring Festival: 12, 13, Saturday 14, 24, 25, 26, 27 February.
      {"2026-02-11T12:00:00+08:00", "2026-02-27"},
      // Both of its working Saturdays: 14, 24, 25, 26, 27, 28 February, 2 March.
      {"2026-02-13T12:00:00+08:00", "2026-03-02"},
      // The last deadline within the year: 23, 24, 25, 28, 29, 30, 31 December.
      {"2026-12-22T12:00:00+08:00", "2026-12-31"},
      // Requested in a year without a calendar, counted in one that has it.
      {"2025-12-31T12:00:00+08:00", "2026-01-12"},
  }));
  CAPTURE(requested);
  CHECK(rule->after(at(requested)) == final(last + "T23:59:59.999+08:00"));
}

TEST_CASE(
    "deadline: a deadline in a year without a calendar is provisional until the calendar comes") {
  const auto rule = rule_of(kShanghai, kSeven, {shipped_document()});
  const Time requested = at("2026-12-23T10:00:00+08:00");
  CHECK(rule->after(requested) == provisional("2027-01-01T23:59:59.999+08:00"));

  rule->use(calendar_of({shipped_document(), document(2027, {"2027-01-01"}, {})}));
  CHECK(rule->after(requested) == final("2027-01-04T23:59:59.999+08:00"));
}

TEST_CASE("deadline: without any calendar every deadline is provisional") {
  const auto rule = DeadlineRule::make(kShanghai, kSeven);
  REQUIRE(rule);
  CHECK((*rule)->after(at("2026-09-28T12:00:00+08:00")) ==
        provisional("2026-10-07T23:59:59.999+08:00"));
}

TEST_CASE("deadline: 1 to 366 working days are accepted") {
  const auto one = rule_of(kShanghai, 1, {shipped_document()});
  CHECK(one->after(at("2026-06-05T12:00:00+08:00")) == final("2026-06-08T23:59:59.999+08:00"));

  // 73 weeks and a day by weekends. After 5 January, 17 weekdays are off and 5 weekend days are
  // working days.
  const auto most = rule_of(kShanghai, 366, {shipped_document(), document(2027, {}, {})});
  CHECK(most->after(at("2026-01-05T12:00:00+08:00")) == final("2027-06-17T23:59:59.999+08:00"));

  for (const std::uint32_t wrong : {0U, 367U, ~0U}) {
    const auto refused = DeadlineRule::make(kShanghai, wrong);
    REQUIRE(code_of(refused) == "invalid_request");
    CHECK(refused.error().detail.find(std::to_string(wrong)) != std::string::npos);
  }
}

TEST_CASE("deadline: the longest one by calendars with the most days off ends within two years") {
  std::vector<std::string> documents;
  for (int year = 2026; year <= 2029; ++year) {
    documents.push_back(document(year, first_weekdays(year, WorkingDays::kMaxDaysOff), {}));
  }
  const auto rule = rule_of(kShanghai, 366, documents);
  CHECK(rule->after(at("2026-12-31T12:00:00+08:00")).at < at("2029-01-01T00:00:00+08:00"));
}

TEST_CASE("deadline: an unknown time zone is refused by name") {
  const std::string zone = GENERATE("", "Asia", "Asia/Nowhere", "+08:00", "../../../etc/passwd");
  const auto refused = DeadlineRule::make(zone, kSeven);
  REQUIRE(code_of(refused) == "invalid_request");
  CHECK(refused.error().detail == "\"" + zone + "\" is not a time zone that this system knows.");
  CHECK_FALSE(refused.error().inside.text.empty());
}

TEST_CASE("deadline: the day ends by the clock of its zone, also when the clock changes") {
  struct Case {
    std::string zone, requested, last;
    std::vector<std::string> documents;
  };
  const Case given = GENERATE(values<Case>({
      // New York's clocks change on 8 March and 1 November.
      {"America/New_York", "2026-03-04T23:30:00-05:00", "2026-03-13T23:59:59.999-04:00", {}},
      {"America/New_York", "2026-10-30T12:00:00-04:00", "2026-11-10T23:59:59.999-05:00", {}},
      // Cairo skips the midnight after Thursday 23 April and repeats Thursday 29 October's last
      // hour.
      {"Africa/Cairo", "2026-04-14T12:00:00+02:00", "2026-04-23T23:59:59.999+02:00", {}},
      {"Africa/Cairo", "2026-10-20T12:00:00+03:00", "2026-10-29T23:59:59.999+02:00", {}},
      // Havana repeats the first hour of Sunday: Saturday ends the first time that midnight comes.
      {"America/Havana",
       "2026-10-22T12:00:00-04:00",
       "2026-10-31T23:59:59.999-04:00",
       {document(2026, {}, {"2026-10-31"})}},
      // The clock of St John's went back a minute after midnight, so Saturday ended twice.
      {"America/St_Johns",
       "2010-10-28T12:00:00-02:30",
       "2010-11-06T23:59:59.999-03:30",
       {document(2010, {}, {"2010-11-06"})}},
  }));
  CAPTURE(given.zone, given.requested);
  const auto rule = rule_of(given.zone, kSeven, given.documents);
  CHECK(rule->after(at(given.requested)) == Deadline{at(given.last), given.documents.empty()});
}

TEST_CASE("working days: a malformed calendar is refused and adds nothing") {
  struct Case {
    std::string document, reason;
  };
  const std::string head = R"({"calendar":"cn","source":"x",)";
  const std::string lists = R"("days_off":[],"working_days":[]})";
  const Case given = GENERATE_COPY(values<Case>({
      {"[]", "type_error"},
      {"{}", "'calendar' not found"},
      {R"({"calendar":"cn","year":2026,)" + lists, "'source' not found"},
      {head + lists, "'year' not found"},
      {head + R"("year":2026,"working_days":[]})", "'days_off' not found"},
      {head + R"("year":2026,"days_off":[]})", "'working_days' not found"},
      {R"({"calendar":1,"source":"x","year":2026,)" + lists, "must be string"},
      {R"({"calendar":"","source":"x","year":2026,)" + lists, "calendar or source is empty"},
      {R"({"calendar":"cn","source":"","year":2026,)" + lists, "calendar or source is empty"},
      {head + R"("year":"2026",)" + lists, "\"2026\" is not a year"},
      {head + R"("year":2026.5,)" + lists, "2026.5 is not a year"},
      {head + R"("year":-2026,)" + lists, "-2026 is not a year"},
      {head + R"("year":20260,)" + lists, "20260 is not a year"},
      {head + R"("year":2026,"days_off":"2026-10-01","working_days":[]})", "must be array"},
      {head + R"("year":2026,"days_off":[20261001],"working_days":[]})", "must be string"},
      {document(2026, {"2026-10-32"}, {}), "\"2026-10-32\" is not a date"},
      {document(2026, {"2026-02-29"}, {}), "\"2026-02-29\" is not a date"},
      {document(2026, {"2026-10-1"}, {}), "\"2026-10-1\" is not a date"},
      {document(2026, {"2026-10-01T00:00:00Z"}, {}), "is not a date"},
      {document(2026, {"2025-10-01"}, {}), "2025-10-01 belongs to another year"},
      {document(2026, {}, {"2027-01-02"}), "2027-01-02 belongs to another year"},
      {document(2026, {"2026-10-03"}, {}), "2026-10-03 is already a day off"},
      {document(2026, {}, {"2026-10-08"}), "2026-10-08 is already a working day"},
      {document(2026, {"2026-10-01", "2026-10-01"}, {}), "2026-10-01 occurs twice"},
      {document(2026, {}, {"2026-10-10", "2026-10-10"}), "2026-10-10 occurs twice"},
      {document(2026, {"2026-10-01"}, {"2026-10-01"}), "2026-10-01 is already a working day"},
      {document(2026, first_weekdays(2026, 76), {}), "more than 75 days off"},
  }));
  CAPTURE(given.document);
  WorkingDays calendar;
  const auto added = calendar.add(given.document);
  REQUIRE(code_of(added) == "invalid_request");
  CHECK(added.error().detail.starts_with("calendar: "));
  CAPTURE(added.error().detail);
  CHECK(added.error().detail.find(given.reason) != std::string::npos);
  CHECK(calendar.years() == 0);
  CHECK(calendar.is_worked(day(2026, 10, 1)));
}

TEST_CASE("working days: anything but one JSON text is malformed_json") {
  const std::string good = shipped_document();
  for (const std::string& text : {std::string(""), std::string("not json"), "\xef\xbb\xbf" + good,
                                  good + std::string(1, '\0') + "{}"}) {
    WorkingDays calendar;
    const auto added = calendar.add(text);
    REQUIRE(code_of(added) == "malformed_json");
    CHECK(added.error().detail.starts_with("calendar: "));
    CHECK(calendar.years() == 0);
  }
}

TEST_CASE("working days: a second document of a year is refused and the first one stays") {
  WorkingDays calendar;
  REQUIRE(code_of(calendar.add(shipped_document())) == "ok");
  const auto twice = calendar.add(document(2026, {}, {}));
  REQUIRE(code_of(twice) == "invalid_request");
  CHECK(twice.error().detail == "calendar: cn 2026 is already loaded");
  CHECK_FALSE(calendar.is_worked(day(2026, 10, 1)));
}

TEST_CASE("working days: a document of another calendar is checked and skipped") {
  WorkingDays calendar("hk");
  CHECK(code_of(calendar.add(shipped_document())) == "ok");
  CHECK(calendar.years() == 0);
  CHECK(code_of(calendar.add(document(2026, {"2026-10-03"}, {}))) == "invalid_request");
}

TEST_CASE(
    "deadline: exactly n working days lie after the request and the last one is the deadline") {
  const auto calendar = calendar_of({shipped_document(), document(2027, {"2027-01-01"}, {})});
  CHECK(rc::check("n worked days", [&] {
    const auto working_days = *rc::gen::inRange<std::uint32_t>(1, 367);
    const auto rule = DeadlineRule::make(kShanghai, working_days);
    (*rule)->use(calendar);
    const Time requested = any_time();
    const Deadline deadline = (*rule)->after(requested);
    const local_days last = day_in_shanghai(deadline.at);

    RC_ASSERT(deadline.at > requested);
    RC_ASSERT(calendar->is_worked(last));
    RC_ASSERT(day_in_shanghai(deadline.at + 1ms) == last + days(1));
    std::uint32_t worked = 0;
    bool all_known = true;
    for (local_days any = day_in_shanghai(requested) + days(1); any <= last; any += days(1)) {
      if (calendar->is_worked(any)) ++worked;
      all_known = all_known && calendar->knows(std::chrono::year_month_day(any).year());
    }
    RC_ASSERT(worked == working_days);
    RC_ASSERT(deadline.provisional == !all_known);
  }));
}

TEST_CASE("deadline: in any zone a deadline is after its request and rises with it") {
  std::vector<std::unique_ptr<DeadlineRule>> rules;
  for (const std::string_view zone :
       {"Asia/Shanghai", "America/New_York", "Africa/Cairo", "America/Havana", "Pacific/Kiritimati",
        "Pacific/Pago_Pago", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"}) {
    rules.push_back(rule_of(zone, kSeven, {shipped_document()}));
  }
  CHECK(rc::check("order", [&] {
    const auto& rule = *rules[*rc::gen::inRange<std::size_t>(0, rules.size())];
    const Time requested = any_time();
    const Time later = requested + 1ms * *rc::gen::inRange<std::int64_t>(0, days(3) / 1ms);
    RC_ASSERT(rule.after(requested).at > requested);
    RC_ASSERT(rule.after(requested).at <= rule.after(later).at);
  }));
}

}  // namespace cardvault::test
