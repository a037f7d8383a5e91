#include "base/error.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

using namespace cardvault;

TEST_CASE("error codes: every code has a name of its own") {
  std::set<std::string_view> names;
  const auto last = static_cast<std::uint8_t>(ErrorCode::internal);
  for (std::uint8_t i = 0; i <= last; ++i) names.insert(error_code_name(static_cast<ErrorCode>(i)));
  CHECK(names.size() == last + 1U);
}

TEST_CASE("error: a refused member is named together with the reason") {
  const Error error = invalid_field("device.name", "too_long");
  CHECK(error.code == ErrorCode::invalid_request);
  REQUIRE(error.fields.size() == 1);
  CHECK(error.fields.front().field == "device.name");
  CHECK(error.fields.front().reason == "too_long");
}
