#include "api/cli/seed_file.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

using namespace cardvault;
using namespace cardvault::api;
using nlohmann::json;

namespace {

json shipped() {
  std::ifstream file(CARDVAULT_SEED_FILE);
  return json::parse(file);
}

/// The only refused member, as "path reason", or the name of the code if no member is named.
std::string refusal(const json& file) {
  const auto parsed = parse_seed_file(file.dump());
  REQUIRE_FALSE(parsed.has_value());
  const Error& error = parsed.error();
  if (error.fields.empty()) return std::string(error.code.name);
  CHECK(error.fields.size() == 1);
  return error.fields.front().field + " " + error.fields.front().reason;
}

}  // namespace

TEST_CASE("seed file: the shipped file parses and keeps the ids it gives") {
  const json text = shipped();
  const auto file = parse_seed_file(text.dump());
  REQUIRE(file.has_value());
  CHECK(allows(file->client.permissions, Permission::audit_read));
  REQUIRE(file->wallets.size() == text.at("wallets").size());
  for (std::size_t i = 0; i < file->wallets.size(); ++i) {
    const SeedWallet& wallet = file->wallets[i];
    const json& given = text.at("wallets")[i];
    CHECK(wallet.wallet.id->text() == given.at("id").get<std::string>());
    CHECK(wallet.wallet.subject == given.at("subject").get<std::string>());
    CHECK(wallet.password.has_value() == given.contains("password"));
    CHECK(wallet.gesture.has_value() == given.contains("gesture"));
    REQUIRE(wallet.devices.size() == given.at("devices").size());
    for (std::size_t d = 0; d < wallet.devices.size(); ++d) {
      CHECK(wallet.devices[d].id->text() == given.at("devices")[d].at("id").get<std::string>());
    }
    REQUIRE(wallet.cards.size() == given.value("cards", json::array()).size());
    for (std::size_t c = 0; c < wallet.cards.size(); ++c) {
      CHECK(wallet.cards[c].id->text() == given.at("cards")[c].at("id").get<std::string>());
    }
  }
}

TEST_CASE("seed file: a byte order mark or text after a NUL byte is refused") {
  const std::string good = shipped().dump();
  REQUIRE(parse_seed_file(good).has_value());
  for (const std::string& text : {good + std::string(1, '\0') + "{}", "\xef\xbb\xbf" + good}) {
    const auto parsed = parse_seed_file(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == ErrorCode::malformed_json);
  }
}

TEST_CASE("seed file: an error names the place and the reason") {
  json file = shipped();
  file.erase("client");
  CHECK(refusal(file) == "client required");
  file = shipped();
  file["client"] = "admin";
  CHECK(refusal(file) == "client wrong_type");
  file = shipped();
  file["client"]["permissions"] = {"cards:steal"};
  CHECK(refusal(file) == "client.permissions not_allowed");
  file = shipped();
  file["colour"] = "red";
  CHECK(refusal(file) == "colour unknown_field");
  file = shipped();
  file["wallets"] = json::object();
  CHECK(refusal(file) == "wallets wrong_type");
  file = shipped();
  file["wallets"] = {1, 2};
  CHECK(refusal(file) == "wallets wrong_type");
  file = shipped();
  file["wallets"][1]["name"] = "x";
  CHECK(refusal(file) == "wallets[1].name unknown_field");
  file = shipped();
  file["wallets"][0].erase("subject");
  CHECK(refusal(file) == "wallets[0].subject required");
  file = shipped();
  file["wallets"][0]["devices"][1]["name"] = 7;
  CHECK(refusal(file) == "wallets[0].devices[1].name wrong_type");
  file = shipped();
  file["wallets"][0]["cards"][3]["channels"] = {"telex"};
  CHECK(refusal(file) == "wallets[0].cards[3].channels not_allowed");
  file = shipped();
  file["wallets"][0]["cards"][3]["pan"] = "4111111111111112";
  CHECK(refusal(file) == "wallets[0].cards[3].pan luhn_check_failed");
  file = shipped();
  file["wallets"][1]["gesture"] = "0-2";
  CHECK(refusal(file).starts_with("wallets[1].gesture "));
  file = shipped();
  file["wallets"][0]["password"] = "123456";
  CHECK(refusal(file).starts_with("wallets[0].password "));
}

TEST_CASE("seed file: an id is required and of its kind, ids and subjects are unique") {
  json file = shipped();
  file["wallets"][0].erase("id");
  CHECK(refusal(file) == "wallets[0].id required");
  file = shipped();
  file["wallets"][0]["id"] = "crd_01testcard0000000000000099";
  CHECK(refusal(file) == "wallets[0].id invalid_format");
  file = shipped();
  file["wallets"][0]["devices"][0]["id"] = "dev_1";
  CHECK(refusal(file) == "wallets[0].devices[0].id invalid_format");
  file = shipped();
  file["wallets"][1]["cards"][0]["id"] = file["wallets"][0]["cards"][0]["id"];
  CHECK(refusal(file) == "wallets[1].cards[0].id duplicate");
  file = shipped();
  file["wallets"][1]["subject"] = file["wallets"][0]["subject"];
  CHECK(refusal(file) == "wallets[1].subject duplicate");
}

TEST_CASE("seed file: malformed text and forbidden data are refused") {
  CHECK_FALSE(parse_seed_file("").has_value());
  CHECK_FALSE(parse_seed_file("[]").has_value());
  CHECK_FALSE(parse_seed_file(R"({"client": {}, "client": {}})").has_value());
  json file = shipped();
  file["wallets"][0]["cards"][0]["cvv"] = "123";
  CHECK(refusal(file) == "wallets[0].cards[0].cvv not_allowed");
  file = shipped();
  file["wallets"][1]["devices"][0]["name"] = "4111·1111·1111·1111";
  CHECK(refusal(file) == "wallets[1].devices[0].name card_number");
}

TEST_CASE("seed file: all errors are reported at once without a secret") {
  json file = shipped();
  file["wallets"][0]["cards"][0]["pan"] = "6226090000000041x";
  file["wallets"][0]["password"] = "123456";
  file["wallets"][1]["id"] = "wal_";
  const auto parsed = parse_seed_file(file.dump());
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().fields.size() == 3);
  for (const FieldError& one : parsed.error().fields) {
    CHECK((one.field + one.reason).find("6226") == std::string::npos);
    CHECK((one.field + one.reason).find("123456") == std::string::npos);
  }
}
