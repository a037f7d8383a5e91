#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "sandbox/vault_keys.h"

namespace cardvault::sandbox {
namespace {

using nlohmann::json;

json key(std::uint8_t fill) {
  const Bytes bytes(32, fill);
  return {{"kty", "OKP"}, {"crv", "Ed25519"},         {"kid", "10"},
          {"use", "sig"}, {"x", to_base64url(bytes)}, {"purpose", "channel_signing"}};
}

PublicKeys parse(const json& keys) {
  return parse_key_document(json{{"keys", keys}}.dump());
}

TEST_CASE("key document: every key for channel messages is returned") {
  const auto keys = parse({key(1), key(2)});
  REQUIRE(keys.size() == 2);
  CHECK(keys[0][0] == 1);
  CHECK(keys[1][31] == 2);
}

TEST_CASE("key document: keys of another purpose, kind or size are skipped") {
  json receipt = key(1);
  receipt["purpose"] = "receipt_signing";
  json curve = key(1);
  curve["crv"] = "X25519";
  json short_key = key(1);
  short_key["x"] = "AAAA";
  json no_key = key(1);
  no_key.erase("x");
  const auto keys = parse({receipt, curve, short_key, no_key, 7, nullptr, key(9)});
  REQUIRE(keys.size() == 1);
  CHECK(keys[0][0] == 9);
}

TEST_CASE("key document: at most sixteen keys are returned") {
  json many = json::array();
  for (int i = 0; i < 40; ++i) many.push_back(key(1));
  CHECK(parse(many).size() == 16);
}

TEST_CASE("key document: a malformed document has no keys") {
  for (const char* text : {"", "[]", "{}", R"({"keys": 1})", R"({"keys": [)", "\xff"}) {
    CHECK(parse_key_document(text).empty());
  }
  const std::string good = json{{"keys", {key(1)}}}.dump();
  REQUIRE(parse_key_document(good).size() == 1);
  CHECK(parse_key_document(good + std::string(1, '\0') + "{}").empty());
  CHECK(parse_key_document("\xef\xbb\xbf" + good).empty());
}

}  // namespace
}  // namespace cardvault::sandbox
