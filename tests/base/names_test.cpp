#include "base/names.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>

using namespace cardvault;

namespace {

enum class Colour : std::uint8_t { red = 3, green = 4, sky_7 = 5 };

constexpr auto kColourNames = names_from<Colour::red>("red", "green", "sky");

// What names_from() relies on: a missing name or one too many does not compile.
static_assert(is_enumerator<Colour::red>() && is_enumerator<Colour::sky_7>());
static_assert(!is_enumerator<static_cast<Colour>(2)>() && !is_enumerator<static_cast<Colour>(6)>());

enum class Sign : std::int8_t { below = -1, zero = 0 };
static_assert(is_enumerator<Sign::below>() && !is_enumerator<static_cast<Sign>(-2)>());

}  // namespace

TEST_CASE("names: each enumerator has its name, any other number none") {
  CHECK(name_of(kColourNames, Colour::red) == "red");
  CHECK(name_of(kColourNames, Colour::sky_7) == "sky");
  for (const int number : {0, 2, 6, 255}) {
    CHECK(name_of(kColourNames, static_cast<Colour>(number)).empty());
  }
}

TEST_CASE("names: a name leads back to its enumerator, any other text to none") {
  for (const Colour colour : values_of(kColourNames)) {
    CHECK(parse_name(kColourNames, name_of(kColourNames, colour)) == colour);
  }
  for (const std::string_view text : {"", "Red", "red ", "sky_7", "gree"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_name(kColourNames, text).has_value());
  }
}

TEST_CASE("names: the table lists them in the order of the numbers") {
  STATIC_CHECK(kColourNames.size() == 3);
  CHECK(kColourNames.front() == "red");
  CHECK(kColourNames.back() == "sky");
  STATIC_CHECK(values_of(kColourNames) == std::array{Colour::red, Colour::green, Colour::sky_7});
}
