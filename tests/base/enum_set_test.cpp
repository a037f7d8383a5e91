#include "base/enum_set.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>

using namespace cardvault;

namespace {

enum class Day : std::uint8_t { monday = 0, tuesday = 1, sunday = 2 };

constexpr auto kDayNames = names_from<Day::monday>("monday", "tuesday", "sunday");
using Days = EnumSet<Day, std::uint8_t, kDayNames.size()>;
using Texts = std::vector<std::string>;

constexpr Days kWeekend{Day::sunday};
static_assert(kWeekend.has(Day::sunday) && !kWeekend.has(Day::monday));
static_assert(Days().empty() && Days({Day::sunday, Day::monday}).bits() == 0b101);

}  // namespace

TEST_CASE("enum set: it holds what was inserted and not erased") {
  Days days;
  CHECK(days.empty());
  days.insert(Day::tuesday);
  days.insert(Day::sunday);
  days.insert(Day::tuesday);
  CHECK(days == Days{Day::sunday, Day::tuesday});
  CHECK(days.list() == std::vector{Day::tuesday, Day::sunday});
  days.erase(Day::tuesday);
  days.erase(Day::monday);
  CHECK(days == kWeekend);
  days.erase(Day::sunday);
  CHECK(days == Days());
}

TEST_CASE("enum set: bits lead to the set and back; foreign ones are kept, not listed") {
  CHECK(Days(0b110) == Days{Day::tuesday, Day::sunday});
  const Days foreign(0b1000'0001);
  CHECK(foreign.bits() == 0b1000'0001);
  CHECK(foreign.list() == std::vector{Day::monday});
  CHECK(names_in(kDayNames, foreign) == std::vector<std::string_view>{"monday"});
}

TEST_CASE("enum set: names lead to the set and back, an unknown one or none is refused") {
  CHECK(parse_names<Days>(kDayNames, Texts{"sunday", "monday", "sunday"}) ==
        Days{Day::monday, Day::sunday});
  CHECK(names_in(kDayNames, Days{Day::sunday, Day::monday}) ==
        std::vector<std::string_view>{"monday", "sunday"});
  for (const Texts& texts : {Texts{}, Texts{""}, Texts{"monday", "Sunday"}}) {
    CHECK_FALSE(parse_names<Days>(kDayNames, texts).has_value());
  }
}
