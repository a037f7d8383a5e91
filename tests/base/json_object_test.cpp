#include "base/json_object.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace cardvault;

namespace {

JsonObject object(const std::string& text) {
  auto parsed = JsonObject::parse(text);
  REQUIRE(parsed);
  return std::move(*parsed);
}

std::string fields_of(const JsonObject& object) {
  const auto finished = object.finish();
  if (finished) return "";
  CHECK(finished.error().code == ErrorCode::invalid_request);
  std::string text;
  for (const FieldError& one : finished.error().fields) text += one.field + " " + one.reason + ";";
  return text;
}

/// An object with these members, all of value 1.
JsonObject object_of(const std::vector<std::string>& names) {
  std::string json = "{";
  for (const std::string& name : names) json += (json.size() > 1 ? ",\"" : "\"") + name + "\":1";
  return object(json + "}");
}

}  // namespace

TEST_CASE("JSON object: members have the values that were sent, absent ones none") {
  auto read = object(R"({"a":"x","b":true,"c":-7,"d":["y","z"],"e":null})");
  CHECK(*read.find_text("a") == "x");
  CHECK(read.maybe_boolean("b") == true);
  CHECK(read.maybe_integer("c", -7, 0) == -7);
  CHECK(read.maybe_texts("d") == std::vector<std::string>{"y", "z"});
  CHECK(read.takes_null("e"));
  CHECK(read.find_text("f") == nullptr);
  CHECK_FALSE(read.maybe_boolean("f"));
  CHECK_FALSE(read.maybe_integer("f", 0, 1));
  CHECK_FALSE(read.maybe_texts("f"));
  CHECK_FALSE(read.takes_null("f"));
  CHECK(fields_of(read) == "");
}

TEST_CASE("JSON object: one answer names every wrong member, in the order of reading") {
  auto read = object(R"({"a":1,"b":"x","c":18446744073709551615,"d":[1],"e":null,"x":0,
                         "l":["","","","","","","","","","","","","","","","",""]})");
  CHECK(read.maybe_texts("l") == std::nullopt);
  CHECK(read.find_text("a") == nullptr);
  CHECK_FALSE(read.maybe_boolean("b"));
  CHECK_FALSE(read.maybe_integer("c", INT64_MIN, INT64_MAX));
  CHECK_FALSE(read.maybe_texts("d"));
  CHECK_FALSE(read.maybe_integer("e", 0, 1));
  read.require("f");
  read.refuse("f", "required");
  CHECK(fields_of(read) ==
        "l too_long;a wrong_type;b wrong_type;c out_of_range;d wrong_type;e wrong_type;f required;"
        "x unknown_field;");
}

TEST_CASE("JSON object: objects within are finished on their own, by the same rule for names") {
  auto parsed = JsonObject::parse(R"({"one":{"x":1},"more":[{"y":1},{}]})",
                                  [](std::string_view name) { return name == "y"; });
  REQUIRE(parsed);
  const auto one = parsed->take_object("one");
  REQUIRE(one);
  CHECK(fields_of(*one) == "(unnamed) unknown_field;");
  CHECK(parsed->take_objects("more", 1).empty());
  const auto more = parsed->take_objects("more", 2);
  REQUIRE(more.size() == 2);
  CHECK(fields_of(more[0]) == "y unknown_field;");
  CHECK(fields_of(more[1]) == "");
  CHECK_FALSE(parsed->take_object("other"));
  CHECK(fields_of(*parsed) == "more too_long;other required;");
}

TEST_CASE("JSON object: an answer lists sixteen members at most, however many are wrong") {
  std::vector<std::string> plain;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) plain.push_back({'x', a, b});
  }
  CHECK(object_of(plain).finish().error().fields.size() == kMostRefused);
  std::vector<std::string> secret;
  for (int i = 0; i < 4000; ++i) secret.push_back("secret " + std::to_string(i));
  CHECK(object_of(secret).finish().error().fields.size() == 1);
  secret.insert(secret.begin(), {"colour", "name"});
  auto read = object_of(secret);
  CHECK(read.find_text("name") == nullptr);
  CHECK(fields_of(read) == "name wrong_type;colour unknown_field;(unnamed) unknown_field;");
  CHECK(read.finish().error().fields.back().allowed == std::vector<std::string>{"name"});
}

TEST_CASE("JSON object: what is no object is refused") {
  for (const char* text : {"", "[]", "null", "7", "{", "{} {}", R"({"a":1,"a":2})"}) {
    CAPTURE(text);
    const auto parsed = JsonObject::parse(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == ErrorCode::malformed_json);
  }
}
