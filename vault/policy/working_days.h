#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace cardvault {

/// Which days are worked in a country: Monday to Friday, but for the published public holidays and
/// the weekend days that are worked to make up for them. Built once, then only read.
class WorkingDays {
 public:
  /// Adds one year's document (see config/calendars/README.md). invalid_request, saying what is
  /// wrong, for a document that is not one, a year that is there already, a date outside its year,
  /// or a date that stands twice or in both lists.
  [[nodiscard]] Status add(std::string_view json);

  /// Whether the year's calendar has been published to us; other years are weekends only.
  [[nodiscard]] bool knows(std::chrono::year year) const;
  [[nodiscard]] bool is_worked(std::chrono::local_days day) const;

 private:
  struct Year {
    std::map<std::chrono::local_days, bool> worked;  ///< only the days that differ from the week
  };

  std::map<int, Year> years_;
};

/// The last moment at which something may still be done.
struct Deadline {
  Time at{};
  /// A year whose calendar is not there was counted by weekends alone: to be computed again.
  bool provisional = false;

  bool operator==(const Deadline&) const = default;
};

/// "Within n working days": the day of the request does not count, the deadline is the last
/// millisecond of the n-th working day after it in the time zone. Safe from any thread.
class DeadlineRule {
 public:
  /// 7: the article's "within 7 working days" (scene S8).
  static constexpr std::uint32_t kDefaultWorkingDays = 7;

  /// `zone` is an IANA name such as "Asia/Shanghai". invalid_request for an unknown one, or for
  /// working days outside 1 to 366.
  [[nodiscard]] static Result<std::unique_ptr<DeadlineRule>> make(std::string_view zone,
                                                                  std::uint32_t working_days);

  /// Replaces the calendar for every later call; until the first use() all years are provisional.
  void use(std::shared_ptr<const WorkingDays> calendar) { calendar_.store(std::move(calendar)); }

  [[nodiscard]] Deadline after(Time requested) const;

  ~DeadlineRule();
  DeadlineRule(const DeadlineRule&) = delete;
  DeadlineRule& operator=(const DeadlineRule&) = delete;

 private:
  struct Zone;
  DeadlineRule(std::unique_ptr<const Zone> zone, std::uint32_t working_days);

  const std::unique_ptr<const Zone> zone_;
  const std::uint32_t working_days_;
  std::atomic<std::shared_ptr<const WorkingDays>> calendar_;
};

}  // namespace cardvault
