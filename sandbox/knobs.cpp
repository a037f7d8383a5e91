#include "sandbox/knobs.h"

#include <nlohmann/json.hpp>

#include "base/json_object.h"

namespace cardvault::sandbox {
namespace {

constexpr int kMostFailures = 1'000'000;
constexpr int kMostCopies = 5;

void take(JsonObject& patch, const char* name, bool& into) {
  into = patch.maybe_boolean(name).value_or(into);
}

void take(JsonObject& patch, const char* name, int least, int most, int& into) {
  into = static_cast<int>(patch.maybe_integer(name, least, most).value_or(into));
}

void take(JsonObject& patch, const char* name, std::chrono::milliseconds& into) {
  into = std::chrono::milliseconds(
      patch.maybe_integer(name, 0, kLongestDelay.count()).value_or(into.count()));
}

void take_status(JsonObject& patch, std::optional<int>& into) {
  if (patch.takes_null("status")) {
    into.reset();
  } else if (const auto status = patch.maybe_integer("status", 200, 599)) {
    into = static_cast<int>(*status);
  }
}

}  // namespace

Result<Knobs> apply_patch(Knobs knobs, std::string_view json) {
  TRY_VALUE(auto patch, JsonObject::parse(json));
  take(patch, "down", knobs.down);
  take(patch, "fail_next", 0, kMostFailures, knobs.fail_next);
  take_status(patch, knobs.status);
  take(patch, "delay_ms", knobs.delay);
  take(patch, "callback", knobs.callback);
  take(patch, "callback_delay_ms", knobs.callback_delay);
  take(patch, "callback_copies", 1, kMostCopies, knobs.callback_copies);
  take(patch, "callback_forged", knobs.callback_forged);
  take(patch, "callback_failed", knobs.callback_failed);
  TRY(patch.finish());
  return knobs;
}

nlohmann::ordered_json to_json(const Knobs& knobs) {
  nlohmann::ordered_json json{{"down", knobs.down},
                              {"fail_next", knobs.fail_next},
                              {"status", nullptr},
                              {"delay_ms", knobs.delay.count()},
                              {"callback", knobs.callback},
                              {"callback_delay_ms", knobs.callback_delay.count()},
                              {"callback_copies", knobs.callback_copies},
                              {"callback_forged", knobs.callback_forged},
                              {"callback_failed", knobs.callback_failed}};
  if (knobs.status) json["status"] = *knobs.status;
  return json;
}

}  // namespace cardvault::sandbox
