#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace cardvault {

/// The working days of a country: Monday to Friday, except published public holidays, plus the
/// weekend days that make up for them. Fill it once, then only read it: threads may share it.
class WorkingDays {
 public:
  static constexpr std::string_view kDefaultCalendar = "cn";
  /// Maximum days off in a year, out of its at least 260 days from Monday to Friday. China has
  /// about 20. So every year has at least 185 working days, and counting 366 of them ends at the
  /// latest in the second year after.
  static constexpr std::size_t kMaxDaysOff = 75;

  explicit WorkingDays(std::string_view calendar = kDefaultCalendar) : calendar_(calendar) {}

  /// Adds one year's document (see config/calendars/README.md). A document of another calendar is
  /// checked and then ignored. If the text is not JSON, it fails with malformed_json. Any other
  /// fault fails with invalid_request: the document is no calendar; the year exists already; a date
  /// is outside its year or listed twice; a day off is at a weekend; a working day is not at a
  /// weekend; the days off exceed kMaxDaysOff. The error says what is wrong.
  [[nodiscard]] Status add(std::string_view json);

  /// True if the year's calendar is here. In all other years only weekends are days off.
  [[nodiscard]] bool knows(std::chrono::year year) const;
  [[nodiscard]] bool is_worked(std::chrono::local_days day) const;

  /// Returns the number of known years.
  [[nodiscard]] std::size_t years() const { return years_.size(); }

 private:
  /// Holds only the days that differ from the normal week. The value is true for a working day.
  using Year = std::map<std::chrono::local_days, bool>;

  std::string calendar_;
  std::map<std::chrono::year, Year> years_;
};

/// The last moment at which something may still be done.
struct Deadline {
  Time at{};
  /// True if a year without a calendar was counted by weekends alone. The deadline must then be
  /// computed again.
  bool provisional = false;

  bool operator==(const Deadline&) const = default;
};

/// "Within n working days". The day of the request does not count. The deadline is the last
/// millisecond of the n-th working day after it, in the time zone. If clocks are put back over
/// midnight, the day's last millisecond passes twice; the second one counts. Safe to use from any
/// thread.
class DeadlineRule {
 public:
  /// The article says "within 7 working days" (scene S8).
  static constexpr std::uint32_t kDefaultWorkingDays = 7;
  static constexpr std::uint32_t kMaxWorkingDays = 366;
  static constexpr std::string_view kDefaultZone = "Asia/Shanghai";

  /// `zone` is an IANA name that the system's tzdata contains. An unknown zone, or working days
  /// outside 1 to kMaxWorkingDays, fail with invalid_request.
  [[nodiscard]] static Result<std::unique_ptr<DeadlineRule>> make(std::string_view zone,
                                                                  std::uint32_t working_days);

  /// Replaces the calendar for all later calls. `calendar` must not be null. Until the first use()
  /// all years are provisional.
  void use(std::shared_ptr<const WorkingDays> calendar);

  [[nodiscard]] Deadline after(Time requested) const;

  ~DeadlineRule();
  DeadlineRule(const DeadlineRule&) = delete;
  DeadlineRule& operator=(const DeadlineRule&) = delete;

 private:
  struct Zone;
  DeadlineRule(std::unique_ptr<const Zone> zone, std::uint32_t working_days);
  [[nodiscard]] std::shared_ptr<const WorkingDays> calendar() const;

  const std::unique_ptr<const Zone> zone_;
  const std::uint32_t working_days_;
  // This is not an atomic shared_ptr, because libstdc++ 12 releases its lock in load() with a
  // memory order that is too weak.
  mutable std::mutex change_;
  std::shared_ptr<const WorkingDays> calendar_;
};

}  // namespace cardvault
