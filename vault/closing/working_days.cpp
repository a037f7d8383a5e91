#include "vault/closing/working_days.h"

#include <date/tz.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/strict_json.h"

namespace cardvault {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::milliseconds;

std::chrono::year year_of(local_days day) {
  return std::chrono::year_month_day(day).year();
}

bool is_weekend(local_days day) {
  const std::chrono::weekday weekday(day);
  return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

std::optional<local_days> parse_day(const std::string& text) {
  const auto midnight = parse_rfc3339(text + "T00:00:00Z");
  if (!midnight) return std::nullopt;
  return local_days(std::chrono::floor<days>(midnight->time_since_epoch()));
}

std::unexpected<Error> bad_calendar(const std::string& why) {
  return fail(ErrorCode::invalid_request, "calendar: " + why);
}

/// Adds the listed days to `year`. They differ from the normal week: worked on a weekend, or off on
/// a weekday.
Status list_days(const std::vector<std::string>& dates, bool worked, std::chrono::year of,
                 std::map<local_days, bool>& year) {
  for (const std::string& date : dates) {
    const auto day = parse_day(date);
    if (!day) return bad_calendar("\"" + date + "\" is not a date");
    if (year_of(*day) != of) return bad_calendar(date + " belongs to another year");
    if (is_weekend(*day) != worked) {
      return bad_calendar(date + (worked ? " is already a working day" : " is already a day off"));
    }
    if (!year.try_emplace(*day, worked).second) return bad_calendar(date + " occurs twice");
  }
  return {};
}

}  // namespace

Status WorkingDays::add(std::string_view json) {
  const auto parsed = parse_strict_json(json);
  if (!parsed) return fail(parsed.error().code, "calendar: " + parsed.error().detail);
  try {
    const auto& document = *parsed;
    const std::string calendar = document.at("calendar");
    const std::string source = document.at("source");
    const std::string number = document.at("year").dump();
    const std::vector<std::string> off = document.at("days_off");
    const std::vector<std::string> made_up = document.at("working_days");

    const auto first = parse_day(number + "-01-01");
    if (!first) return bad_calendar(number + " is not a year");
    if (calendar.empty() || source.empty()) return bad_calendar("calendar or source is empty");
    if (off.size() > kMaxDaysOff) {
      return bad_calendar("more than " + std::to_string(kMaxDaysOff) + " days off");
    }
    Year year;
    TRY(list_days(off, false, year_of(*first), year));
    TRY(list_days(made_up, true, year_of(*first), year));
    if (calendar != calendar_) return {};
    if (!years_.try_emplace(year_of(*first), std::move(year)).second) {
      return bad_calendar(calendar + " " + number + " is already loaded");
    }
  } catch (const nlohmann::json::exception& error) {
    return bad_calendar(error.what());
  }
  return {};
}

bool WorkingDays::knows(std::chrono::year year) const {
  return years_.contains(year);
}

bool WorkingDays::is_worked(local_days day) const {
  const auto year = years_.find(year_of(day));
  if (year == years_.end()) return !is_weekend(day);
  const auto listed = year->second.find(day);
  return listed == year->second.end() ? !is_weekend(day) : listed->second;
}

struct DeadlineRule::Zone {
  const date::time_zone* clocks;

  [[nodiscard]] local_days day_of(Time time) const {
    return local_days(std::chrono::floor<days>(clocks->to_local(time).time_since_epoch()));
  }

  /// If midnight comes twice, the day ends at the second one only if the day itself came back. If a
  /// midnight is skipped, both choices give the moment of the jump.
  [[nodiscard]] Time end_of(local_days day) const {
    const date::local_time<milliseconds> midnight((day + days(1)).time_since_epoch());
    const Time end = clocks->to_sys(midnight, date::choose::latest) - milliseconds(1);
    if (day_of(end) == day) return end;
    return clocks->to_sys(midnight, date::choose::earliest) - milliseconds(1);
  }
};

DeadlineRule::DeadlineRule(std::unique_ptr<const Zone> zone, std::uint32_t working_days)
    : zone_(std::move(zone)),
      working_days_(working_days),
      calendar_(std::make_shared<const WorkingDays>()) {}

DeadlineRule::~DeadlineRule() = default;

Result<std::unique_ptr<DeadlineRule>> DeadlineRule::make(std::string_view zone,
                                                         std::uint32_t working_days) {
  if (working_days < 1 || working_days > kMaxWorkingDays) {
    return fail(ErrorCode::invalid_request,
                "The deadline must be 1 to " + std::to_string(kMaxWorkingDays) +
                    " working days, not " + std::to_string(working_days) + ".");
  }
  try {
    auto found = std::make_unique<Zone>(date::locate_zone(zone));
    // The library reads a zone's file on first use. Do that here, where a damaged file can be
    // reported.
    (void)found->day_of(Time());
    return std::unique_ptr<DeadlineRule>(new DeadlineRule(std::move(found), working_days));
  } catch (const std::exception& error) {
    return fail(ErrorCode::invalid_request,
                "\"" + std::string(zone) + "\" is not a time zone that this system knows.",
                OperatorText{error.what()});
  }
}

void DeadlineRule::use(std::shared_ptr<const WorkingDays> calendar) {
  const std::lock_guard lock(change_);
  calendar_ = std::move(calendar);
}

std::shared_ptr<const WorkingDays> DeadlineRule::calendar() const {
  const std::lock_guard lock(change_);
  return calendar_;
}

Deadline DeadlineRule::after(Time requested) const {
  const auto counted_by = calendar();
  local_days day = zone_->day_of(requested);
  bool provisional = false;
  for (std::uint32_t left = working_days_; left > 0;) {
    day += days(1);
    provisional = provisional || !counted_by->knows(year_of(day));
    if (counted_by->is_worked(day)) --left;
  }
  return {zone_->end_of(day), provisional};
}

}  // namespace cardvault
