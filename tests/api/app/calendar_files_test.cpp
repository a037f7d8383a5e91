#include "api/app/calendar_files.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "tests/support/captured_log.h"
#include "tests/support/temp_directory.h"
#include "vault/closing/working_days.h"

namespace cardvault::api {
namespace {

namespace fs = std::filesystem;

std::string document(int year, const std::string& day_off, const std::string& calendar = "cn") {
  return R"({"source":"made up","calendar":")" + calendar + R"(","year":)" + std::to_string(year) +
         R"(,"days_off":[")" + day_off + R"("],"working_days":[]})";
}

/// A directory of calendars and the rule that counts by it: one working day after `requested`.
class Calendars {
 public:
  /// Puts a file in place atomically, as config/calendars/README.md asks for.
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(directory_.path() / "unfinished") << text;
    fs::rename(directory_.path() / "unfinished", directory_.path() / name);
  }
  void remove(const std::string& name) const { fs::remove(directory_.path() / name); }
  void remove_all() const { fs::remove_all(directory_.path()); }

  [[nodiscard]] Result<CalendarFiles> load(std::string_view calendar = "cn") const {
    return CalendarFiles::load(directory_.path(), calendar, *rule_);
  }
  [[nodiscard]] std::string directory() const { return directory_.path(); }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_.path() / name; }

  /// "2027-01-04", followed by "provisional" if the deadline is provisional.
  [[nodiscard]] std::string deadline(std::string_view requested) const {
    const Deadline deadline = rule_->after(*parse_rfc3339(requested));
    return format_rfc3339(deadline.at).substr(0, 10) + (deadline.provisional ? " provisional" : "");
  }

 private:
  test::TempDirectory directory_;
  std::unique_ptr<DeadlineRule> rule_ = *DeadlineRule::make("UTC", 1);
};

constexpr std::string_view kNewYearsEve = "2026-12-31T12:00:00Z";

std::size_t count(const std::string& text, std::string_view word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("calendar files: the shipped files load and National Day 2026 is a day off") {
  const test::CapturedLog log(log::Level::info);
  const auto rule = DeadlineRule::make(DeadlineRule::kDefaultZone, 1);
  REQUIRE(rule);
  const auto files =
      CalendarFiles::load(default_calendars_directory(), WorkingDays::kDefaultCalendar, **rule);
  REQUIRE(files);
  CHECK((*rule)->after(*parse_rfc3339("2026-09-30T12:00:00+08:00")) ==
        Deadline{*parse_rfc3339("2026-10-08T23:59:59.999+08:00"), false});
  CHECK(log.text().find("calendar_read") != std::string::npos);
}

TEST_CASE("calendar files: a malformed file fails the start and the error names file and reason") {
  const test::CapturedLog log(log::Level::off);
  const Calendars calendars;
  calendars.put("cn-2026.json", document(2026, "2026-10-01"));
  calendars.put("cn-2027.json", document(2027, "2026-10-01"));
  const auto loaded = calendars.load();
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().code == ErrorCode::invalid_request);
  CHECK(loaded.error().detail ==
        calendars.path("cn-2027.json") + ": calendar: 2026-10-01 belongs to another year");
  CHECK(calendars.deadline(kNewYearsEve) == "2027-01-01 provisional");
}

TEST_CASE("calendar files: an unreadable path fails the start and the error names it") {
  const test::CapturedLog log(log::Level::off);
  const Calendars calendars;
  SECTION("a directory instead of a file") {
    fs::create_directory(calendars.path("cn-2026.json"));
    const auto loaded = calendars.load();
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().detail == "Cannot read the file " + calendars.path("cn-2026.json") + ".");
  }
  SECTION("a missing directory") {
    calendars.remove_all();
    const auto loaded = calendars.load();
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().detail ==
          "Cannot read the directory " + calendars.directory() + ": No such file or directory.");
  }
}

TEST_CASE("calendar files: only documents of the configured calendar count") {
  const test::CapturedLog log(log::Level::info);
  const Calendars calendars;
  calendars.put("cn-2027.json", document(2027, "2027-01-01"));
  calendars.put("hk-2027.json", document(2027, "2027-01-04", "hk"));
  calendars.put("notes.txt", "not a calendar");
  REQUIRE(calendars.load("hk"));
  CHECK(calendars.deadline(kNewYearsEve) == "2027-01-01");
  CHECK(log.text().find(R"("level":"warning")") == std::string::npos);
}

TEST_CASE(
    "calendar files: without a document of the calendar only weekends count and a warning is "
    "logged") {
  const test::CapturedLog log(log::Level::warning);
  const Calendars calendars;
  REQUIRE(calendars.load());
  CHECK(calendars.deadline(kNewYearsEve) == "2027-01-01 provisional");
  CHECK(count(log.text(), "calendar_read") == 1);
}

TEST_CASE(
    "calendar files: when the year's file appears a provisional deadline becomes final and later") {
  const test::CapturedLog log(log::Level::off);
  const Calendars calendars;
  calendars.put("cn-2026.json", document(2026, "2026-10-01"));
  auto files = calendars.load();
  REQUIRE(files);
  CHECK(calendars.deadline(kNewYearsEve) == "2027-01-01 provisional");
  CHECK_FALSE(files->refresh());

  calendars.put("cn-2027.json", document(2027, "2027-01-01"));
  CHECK(calendars.deadline(kNewYearsEve) == "2027-01-01 provisional");
  CHECK(files->refresh());
  CHECK(calendars.deadline(kNewYearsEve) == "2027-01-04");
  CHECK_FALSE(files->refresh());
}

TEST_CASE("calendar files: a refresh detects a changed size, a changed time and a removed file") {
  const test::CapturedLog log(log::Level::off);
  const Calendars calendars;
  calendars.put("cn-2027.json", document(2027, "2027-01-01"));
  auto files = calendars.load();
  REQUIRE(files);
  const auto written = fs::last_write_time(calendars.path("cn-2027.json"));

  calendars.put("cn-2027.json", document(2027, "2027-01-08") + "\n");
  fs::last_write_time(calendars.path("cn-2027.json"), written);
  CHECK(files->refresh());
  CHECK(calendars.deadline(kNewYearsEve) == "2027-01-01");

  calendars.put("cn-2027.json", document(2027, "2027-01-01") + "\n");
  fs::last_write_time(calendars.path("cn-2027.json"), written + std::chrono::seconds(1));
  CHECK(files->refresh());
  CHECK(calendars.deadline(kNewYearsEve) == "2027-01-04");

  calendars.remove("cn-2027.json");
  CHECK(files->refresh());
  CHECK(calendars.deadline(kNewYearsEve) == "2027-01-01 provisional");
}

TEST_CASE("calendar files: a malformed change keeps the calendar and is logged once per change") {
  const test::CapturedLog log(log::Level::warning);
  const Calendars calendars;
  calendars.put("cn-2027.json", document(2027, "2027-01-01"));
  auto files = calendars.load();
  REQUIRE(files);

  calendars.put("cn-2028.json", "half a docu");
  CHECK_FALSE(files->refresh());
  CHECK_FALSE(files->refresh());
  CHECK(calendars.deadline(kNewYearsEve) == "2027-01-04");
  CHECK(count(log.text(), "calendar_refused") == 1);
  CHECK(log.text().find(calendars.path("cn-2028.json")) != std::string::npos);

  calendars.put("cn-2028.json", "half a document");
  CHECK_FALSE(files->refresh());
  CHECK(count(log.text(), "calendar_refused") == 2);

  calendars.put("cn-2028.json", document(2028, "2028-01-03"));
  CHECK(files->refresh());
  CHECK(calendars.deadline("2027-12-31T12:00:00Z") == "2028-01-04");
  CHECK(count(log.text(), "calendar_refused") == 2);
}

TEST_CASE("calendar files: a removed directory keeps the calendar and is logged once") {
  const test::CapturedLog log(log::Level::warning);
  const Calendars calendars;
  calendars.put("cn-2027.json", document(2027, "2027-01-01"));
  auto files = calendars.load();
  REQUIRE(files);
  calendars.remove_all();
  CHECK_FALSE(files->refresh());
  CHECK_FALSE(files->refresh());
  CHECK(calendars.deadline(kNewYearsEve) == "2027-01-04");
  CHECK(count(log.text(), "calendar_refused") == 1);
}

}  // namespace cardvault::api
