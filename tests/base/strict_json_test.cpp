#include "base/strict_json.h"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "base/member_name.h"

using namespace cardvault;
using namespace std::string_literals;

namespace {

std::string code_of(const std::string& text) {
  const auto parsed = parse_strict_json(text);
  return parsed ? "ok" : std::string(parsed.error().code.name);
}

}  // namespace

TEST_CASE("strict JSON: a single value with white space around it parses") {
  CHECK(parse_strict_json(" {\"a\": [1, \"\\u0000\", null]} \r\n")->at("a").size() == 3);
  CHECK(parse_strict_json("7").value() == 7);
}

TEST_CASE("strict JSON: a NUL byte is refused at every position") {
  const std::string good = R"({"pan":"4111111111111111"})";
  REQUIRE(code_of(good) == "ok");
  for (std::size_t at = 0; at <= good.size(); ++at) {
    std::string text = good;
    text.insert(at, 1, '\0');
    CAPTURE(at);
    CHECK(code_of(text) == "malformed_json");
  }
  CHECK(code_of(good + "\0,\"cvv\":\"123\"}"s) == "malformed_json");
  CHECK(code_of(good + "\n\0"s) == "malformed_json");
  CHECK(parse_strict_json(good + "\0"s).error().detail.contains("NUL"));
}

TEST_CASE("strict JSON: a byte order mark is refused and not skipped") {
  CHECK(code_of("\xef\xbb\xbf{}") == "malformed_json");
  CHECK(code_of("\xff\xfe{}") == "malformed_json");
  CHECK(code_of(" \xef\xbb\xbf{}") == "malformed_json");
  CHECK(parse_strict_json("\xef\xbb\xbf{}").error().detail.contains("byte order mark"));
}

TEST_CASE("strict JSON: a repeated name, deep nesting and a second value are refused") {
  CHECK(code_of(R"([{"b":{"a":1,"\u0061":2}}])") == "malformed_json");
  CHECK(code_of("[[[[[[[[[[1]]]]]]]]]]") == "malformed_json");
  CHECK(code_of("{} {}") == "malformed_json");
  CHECK(code_of("") == "malformed_json");
  CHECK(code_of("\"\xff\"") == "malformed_json");
  CHECK(code_of("1e999") == "malformed_json");
}

TEST_CASE("member name: a name is 1 to 24 lower-case letters and underscores") {
  CHECK(is_member_name("colour"));
  CHECK(is_member_name("holder_name"));
  CHECK(is_member_name(std::string(24, 'a')));
  for (const std::string& name : {""s, std::string(25, 'a'), "Colour"s, "last4"s, "a b"s, "a\n"s,
                                  "hunter2"s, "a.b"s, "\xc3\xa9"s, "a\0"s}) {
    CAPTURE(name);
    CHECK_FALSE(is_member_name(name));
  }
}
