#include "vault/access/gesture.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

Result<Gesture> parse(std::string_view text) {
  return Gesture::parse(SecretText(text));
}

std::string dashed(std::string_view nodes) {
  std::string text;
  for (const char node : nodes) {
    if (!text.empty()) text += '-';
    text += node;
  }
  return text;
}

void check_refused(std::string_view text, std::string_view reason) {
  CAPTURE(text);
  const auto parsed = parse(text);
  CHECK(code_of(parsed) == "invalid_gesture");
  CHECK(reason_of(parsed) == reason);
}

/// Counts the orders of 4 to 9 different nodes that begin with `nodes` and are accepted by parse.
std::size_t accepted_from(std::string& nodes) {
  std::size_t count = nodes.size() >= 4 && parse(dashed(nodes)) ? 1 : 0;
  for (char node = '0'; node <= '8'; ++node) {
    if (nodes.find(node) != std::string::npos) continue;
    nodes.push_back(node);
    count += accepted_from(nodes);
    nodes.pop_back();
  }
  return count;
}

}  // namespace

TEST_CASE("gesture: exactly the 389,112 patterns of a phone's lock screen are accepted") {
  std::string nodes;
  CHECK(accepted_from(nodes) == 389'112);
}

TEST_CASE("gesture: only single nodes separated by one dash are accepted") {
  for (const std::string_view text :
       {"", "-", "0-1-2-5-", "-0-1-2-5", "01258", "0--1-2-5", "0 1 2 5", "0-1-2-x", "0-1-2-10",
        "0-1-2-5-8 ", "0,1,2,5", "0-1-2-\xef\xbc\x95"}) {
    check_refused(text, "invalid_format");
  }
  check_refused(std::string("0-1-2-\0", 7), "invalid_format");
  check_refused("0-1-2-9", "out_of_range");
}

TEST_CASE("gesture: four to nine different nodes are accepted") {
  check_refused("4", "too_short");
  check_refused("0-1-2", "too_short");
  CHECK(code_of(parse("0-1-2-5")) == "ok");
  CHECK(code_of(parse("0-1-2-5-4-3-6-7-8")) == "ok");
  check_refused("0-1-2-5-4-3-6-7-8-0", "duplicate");
  check_refused("0-1-2-1", "duplicate");
  check_refused("0-1-2-5-" + std::string(4000, '0'), "invalid_format");
}

TEST_CASE("gesture: a line may cross a node only if it was visited before") {
  for (const std::string_view text : {"0-2-5-8", "2-0-3-6", "3-5-8-7", "6-8-5-4", "0-6-7-8",
                                      "1-7-8-5", "8-2-1-0", "0-8-5-2", "6-2-1-0", "1-0-3-5-4"}) {
    check_refused(text, "jumps_over_node");
  }
  for (const std::string_view text :
       {"1-0-2-5", "4-0-8-7", "4-2-6-7", "4-3-5-8", "3-0-6-7", "0-5-6-1", "0-7-2-3", "1-6-5-0"}) {
    CAPTURE(text);
    CHECK(code_of(parse(text)) == "ok");
  }
}

TEST_CASE("gesture: the canonical form is the nodes in drawing order") {
  CHECK(parse("0-1-2-5-8")->canonical().expose() == "01258");
  CHECK(parse("8-5-2-1-0")->canonical().expose() == "85210");
}

TEST_CASE("gesture: letters and reading order are commonplace, also backwards") {
  for (std::string shape : {"0367", "03678", "0124678", "6304852", "0367852", "2103678",
                            "210345876", "012587634", "0123", "012345678"}) {
    CAPTURE(shape);
    CHECK(parse(dashed(shape))->is_commonplace());
    std::ranges::reverse(shape);
    CHECK(parse(dashed(shape))->is_commonplace());
  }
}

TEST_CASE(
    "gesture: a pattern not on the list is not commonplace, even if it begins like a letter") {
  for (const std::string_view text :
       {"0-1-2-5-8", "0-1-2-4", "0-3-6-7-4", "0-1-2-4-6-7", "1-0-2-5", "7-6-3-0-1", "4-0-8-7"}) {
    CAPTURE(text);
    CHECK_FALSE(parse(text)->is_commonplace());
  }
}

}  // namespace cardvault::test
