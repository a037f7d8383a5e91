#include "api/json/body.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "api/json/error_codes.h"
#include "base/member_name.h"

namespace cardvault::api {
namespace {

using namespace std::string_literals;

/// The error of reading a body whose allowed members are name and order.
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

/// An object with these members, all of value 1.
std::string object_of(const std::vector<std::string>& names) {
  std::string json = "{";
  for (const std::string& name : names) json += (json.size() > 1 ? ",\"" : "\"") + name + "\":1";
  return json + "}";
}

TEST_CASE("body: an unknown member with a well-formed name is named") {
  CHECK(fields_of(refusal(R"({"colour":1})")) == "colour unknown_field;");
}

TEST_CASE("body: an unknown member name that may be a secret is not repeated") {
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

TEST_CASE("body: an answer lists at most sixteen members, however many are wrong") {
  std::vector<std::string> plain;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) plain.push_back({'x', a, b});
  }
  CHECK(refusal(object_of(plain)).fields.size() == kMostRefused);
  std::vector<std::string> secret;
  for (int i = 0; i < 4000; ++i) secret.push_back("secret " + std::to_string(i));
  CHECK(refusal(object_of(secret)).fields.size() == 1);
  secret.insert(secret.begin(), {"colour", "name"});
  CHECK(fields_of(refusal(object_of(secret))) ==
        "name wrong_type;colour unknown_field;(unnamed) unknown_field;");
}

TEST_CASE("body: forbidden data is refused with the name and place of its member") {
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

TEST_CASE("body: data after a NUL byte or a byte order mark is not ignored") {
  CHECK(refusal("{\"name\":\"x\"}\0,\"cvv\":\"123\"}"s).code == ErrorCode::malformed_json);
  CHECK(refusal("\xef\xbb\xbf{\"name\":\"x\"}").code == ErrorCode::malformed_json);
  CHECK(refusal("[]").code == ErrorCode::malformed_json);
}

}  // namespace
}  // namespace cardvault::api
