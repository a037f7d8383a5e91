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

/// Which days are worked in a country: Monday to Friday, but for the published public holidays and
/// the weekend days that are worked to make up for them. Built once, then only read: threads may
/// share it.
class WorkingDays {
 public:
  static constexpr std::string_view kDefaultCalendar = "cn";
  /// In a year, of its at least 260 days from Monday to Friday; China has about 20. At least 185
  /// days are worked in every year then, so counting 366 ends within the second year after.
  static constexpr std::size_t kMaxDaysOff = 75;

  explicit WorkingDays(std::string_view calendar = kDefaultCalendar) : calendar_(calendar) {}

  /// Adds one year's document (see config/calendars/README.md); one of another calendar is checked
  /// and left out. invalid_request, saying what is wrong, for a document that is not one, a year
  /// that is there already, a date outside its year or there twice, a day off at a weekend, a
  /// working day that is none, or more than kMaxDaysOff.
  [[nodiscard]] Status add(std::string_view json);

  /// Whether the year's calendar has been published to us; other years are weekends only.
  [[nodiscard]] bool knows(std::chrono::year year) const;
  [[nodiscard]] bool is_worked(std::chrono::local_days day) const;

  /// How many years it knows.
  [[nodiscard]] std::size_t years() const { return years_.size(); }

 private:
  /// Only the days that differ from the week: whether they are worked.
  using Year = std::map<std::chrono::local_days, bool>;

  std::string calendar_;
  std::map<std::chrono::year, Year> years_;
};

/// The last moment at which something may still be done.
struct Deadline {
  Time at{};
  /// A year whose calendar is not there was counted by weekends alone: to be computed again.
  bool provisional = false;

  bool operator==(const Deadline&) const = default;
};

/// "Within n working days": the day of the request does not count, the deadline is the last
/// millisecond of the n-th working day after it in the time zone. Where clocks are put back over
/// midnight that is the last time the day's last millisecond passes. Safe from any thread.
class DeadlineRule {
 public:
  /// 7: the article's "within 7 working days" (scene S8).
  static constexpr std::uint32_t kDefaultWorkingDays = 7;
  static constexpr std::uint32_t kMaxWorkingDays = 366;
  static constexpr std::string_view kDefaultZone = "Asia/Shanghai";

  /// `zone` is an IANA name that the system's tzdata has. invalid_request for an unknown one, or
  /// for working days outside 1 to kMaxWorkingDays.
  [[nodiscard]] static Result<std::unique_ptr<DeadlineRule>> make(std::string_view zone,
                                                                  std::uint32_t working_days);

  /// Replaces the calendar, by one that is not null, for every later call; until the first use()
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
  // Not an atomic shared_ptr: libstdc++ 12 lets go of its lock with too weak an order in load().
  mutable std::mutex change_;
  std::shared_ptr<const WorkingDays> calendar_;
};

}  // namespace cardvault
