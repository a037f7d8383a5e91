#include "sandbox/knobs.h"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

namespace cardvault::sandbox {
namespace {

using std::chrono::milliseconds;

TEST_CASE("knobs: a patch changes only its members") {
  const auto turned = apply_patch({.fail_next = 3, .callback = true}, R"({"delay_ms": 40})");
  REQUIRE(turned);
  CHECK(*turned == Knobs{.fail_next = 3, .delay = milliseconds(40), .callback = true});
}

TEST_CASE("knobs: every knob can be set and is shown as set") {
  const auto turned = apply_patch({}, R"({"down": true, "fail_next": 2, "status": 302,
      "delay_ms": 60000, "callback": true, "callback_delay_ms": 5, "callback_copies": 5,
      "callback_forged": true, "callback_failed": true})");
  REQUIRE(turned);
  CHECK(turned->down);
  CHECK(turned->fail_next == 2);
  CHECK(turned->status == 302);
  CHECK(turned->delay == milliseconds(60000));
  CHECK(turned->callback);
  CHECK(turned->callback_delay == milliseconds(5));
  CHECK(turned->callback_copies == 5);
  CHECK(turned->callback_forged);
  CHECK(turned->callback_failed);
  CHECK(apply_patch({}, to_json(*turned).dump()) == *turned);
}

TEST_CASE("knobs: null removes the status") {
  CHECK(apply_patch({.status = 500}, R"({"status": null})") == Knobs{});
}

TEST_CASE("knobs: a patch with an unknown member is refused as a whole and names it") {
  const auto refused = apply_patch({}, R"({"down": true, "dwon": true})");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::invalid_request);
  REQUIRE(refused.error().fields.size() == 1);
  CHECK(refused.error().fields[0].field == "dwon");
  CHECK(refused.error().fields[0].reason == "unknown_field");
}

TEST_CASE("knobs: values of another type or out of range are refused") {
  for (const char* patch :
       {R"({"down": 1})", R"({"down": null})", R"({"fail_next": -1})", R"({"fail_next": 1.5})",
        R"({"status": 199})", R"({"status": 600})", R"({"status": "500"})",
        R"({"delay_ms": 60001})", R"({"delay_ms": -1})", R"({"delay_ms": 18446744073709551615})",
        R"({"callback_copies": 0})", R"({"callback_copies": 6})"}) {
    INFO(patch);
    const auto refused = apply_patch({}, patch);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::invalid_request);
  }
}

TEST_CASE("knobs: anything but one JSON object is refused") {
  const std::string nul(1, '\0');
  for (const std::string& patch :
       {std::string(), std::string("[]"), std::string("null"), std::string("{"),
        std::string("{} {}"), "{}" + nul, "{\"down\":true}" + nul + "{}",
        std::string("\xef\xbb\xbf{}"), std::string(R"({"down":true,"down":false})")}) {
    INFO(patch);
    const auto refused = apply_patch({}, patch);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::malformed_json);
  }
}

}  // namespace
}  // namespace cardvault::sandbox
