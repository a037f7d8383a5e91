#include <atomic>
#include <catch2/catch_test_macros.hpp>

#include "tests/vault/in_parallel.h"
#include "vault/closing/working_days.h"

namespace cardvault::test {

TEST_CASE("deadline: while the calendar is replaced each deadline is of the old or the new one") {
  constexpr int kThreads = 4;
  constexpr int kRounds = 200;
  auto published = std::make_shared<WorkingDays>();
  REQUIRE(published->add(R"({"calendar":"cn","source":"made up","year":2027,
                             "days_off":["2027-01-01"],"working_days":[]})"));
  const auto rule = DeadlineRule::make("Asia/Shanghai", 1);
  REQUIRE(rule);
  const Time requested = *parse_rfc3339("2026-12-31T12:00:00+08:00");
  const Deadline by_weekends{*parse_rfc3339("2027-01-01T23:59:59.999+08:00"), true};
  const Deadline by_calendar{*parse_rfc3339("2027-01-04T23:59:59.999+08:00"), false};

  std::atomic<int> wrong{0};
  in_parallel(kThreads, [&](int thread) {
    for (int round = 0; round < kRounds; ++round) {
      if (thread == 0) {
        (*rule)->use(round % 2 == 0 ? published : std::make_shared<WorkingDays>());
      } else {
        const Deadline deadline = (*rule)->after(requested);
        if (deadline != by_weekends && deadline != by_calendar) ++wrong;
      }
    }
  });
  CHECK(wrong == 0);
  (*rule)->use(published);
  CHECK((*rule)->after(requested) == by_calendar);
}

}  // namespace cardvault::test
