#include "base/error.h"

#include <catch2/catch_test_macros.hpp>

using namespace cardvault;

TEST_CASE("error: a refused member is named together with the reason") {
  const Error error = invalid_field("device.name", "too_long");
  CHECK(error.code == ErrorCode::invalid_request);
  REQUIRE(error.fields.size() == 1);
  CHECK(error.fields.front().field == "device.name");
  CHECK(error.fields.front().reason == "too_long");
}
