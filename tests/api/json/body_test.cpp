#include "api/json/body.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "api/json/error_codes.h"

namespace cardvault::api {
namespace {

using namespace std::string_literals;

/// Reads a body that may have the members name and order; the error.
Error refusal(const std::string& json) {
  const auto read = read_body(json, [](Body& body) {
    static_cast<void>(body.maybe_integer("order", 0, 9));
    return body.maybe_text("name", 1, 8).value_or("");
  });
  REQUIRE_FALSE(read.has_value());
  return read.error();
}

std::string fields_of(const Error& error) {
  std::string text;
  for (const FieldError& one : error.fields) text += one.field + " " + one.reason + ";";
  return text;
}

TEST_CASE("body: an unknown member that is spelled as members are is named") {
  CHECK(fields_of(refusal(R"({"colour":1})")) == "colour unknown_field;");
}

TEST_CASE("body: what may be a secret at a member's place does not come back") {
  for (const std::string& name :
       {"Kupferkessel-8417"s, "correct horse"s, "hunter2"s, "P@ssw0rd"s, "correcthorsebattery"s,
        "4111111111111111"s, "wang.xiaoming@example.com"s, "\u5bc6\u7801"s,
        std::string(60'000, 'n'), ""s, "line\\nbreak"s}) {
    const Error error = refusal("{\"" + name + "\":\"x\"}");
    CHECK(fields_of(error) == "(unnamed) unknown_field;");
    CHECK(error.fields.front().allowed == std::vector<std::string>{"name", "order"});
    CHECK((name.empty() || !error.detail.contains(name)));
  }
}

TEST_CASE("body: data that is never taken is refused by the name and place of its member") {
  const auto refused = [](const std::string& json) {
    const Error error = refusal(json);
    CHECK(error.code == JsonError::sensitive_data_refused);
    return fields_of(error);
  };
  CHECK(refused(R"({"cvv":"123"})") == "cvv not_allowed;");
  CHECK(refused(R"({"name":"x","card":{"pin":"1","expiry":2}})") ==
        "card.expiry not_allowed;card.pin not_allowed;");
  CHECK(refused(R"({"list":[{"track_data":1}]})") == "list[0].track_data not_allowed;");
  CHECK(refused(R"({"4111111111111111":{"CVV2":"123"}})") == "(unnamed).(unnamed) not_allowed;");
}

TEST_CASE("body: what stands behind a NUL byte or a byte order mark is not overlooked") {
  CHECK(refusal("{\"name\":\"x\"}\0,\"cvv\":\"123\"}"s).code == ErrorCode::malformed_json);
  CHECK(refusal("\xef\xbb\xbf{\"name\":\"x\"}").code == ErrorCode::malformed_json);
  CHECK(refusal("[]").code == ErrorCode::malformed_json);
}

}  // namespace
}  // namespace cardvault::api
