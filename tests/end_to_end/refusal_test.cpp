#include <catch2/catch_test_macros.hpp>

#include "tests/end_to_end/served_vault.h"

namespace cardvault::test {
namespace {

/// One refusal: the request and the expected answer.
struct Case {
  std::string method;
  std::string path;
  std::string body;
  int status;
  std::string code;
  std::string field = {};
  std::string reason = {};
};

/// Sends each request, checks the expected refusal and that the wallet did not change.
void check_refused(ServedVault& vault, const Holder& holder, const std::vector<Case>& cases) {
  auto team = vault.backend();
  const std::string before = vault.everything(holder);
  for (const Case& one : cases) {
    INFO(one.method << " " << one.path << " " << one.body);
    const auto answer = team.send(one.method, one.path, one.body);
    if (one.field.empty()) {
      check_problem(answer, one.status, one.code);
    } else {
      check_problem(answer, one.status, one.code, one.field, one.reason);
    }
  }
  CHECK(vault.everything(holder) == before);
}

}  // namespace

TEST_CASE("bad bodies: anything but one JSON object is malformed_json and changes nothing") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  std::vector<Case> cases;
  const std::string deep(40, '[');
  for (const std::string& body :
       {std::string("{"), std::string("{\"pan\":}"), std::string("nonsense"), std::string("[]"),
        std::string("null"), std::string("\"text\""), std::string("{} {}"),
        std::string("{\"pan\":\"4111111111111111\",\"pan\":\"5555555555554444\"}"),
        std::string("{\"pan\":\"\xff\xfe\"}"), std::string("{'pan':'4111111111111111'}"),
        "{\"pan\":" + deep + std::string(40, ']') + "}", std::string("{\"pan\":\"4111\0\"}", 15),
        R"({"pan":"4111111111111111"})" + std::string(1, '\0') + R"(,"cvv":"123"})",
        R"({"password":"Kessel-99"})" + std::string(1, '\0'),
        std::string("\xef\xbb\xbf{\"pan\":\"4111111111111111\"}")}) {
    cases.push_back({"POST", holder.path("/cards"), body, 400, "malformed_json"});
    cases.push_back({"PUT", holder.path("/credentials/password"), body, 400, "malformed_json"});
  }
  cases.push_back({"POST", holder.path("/unlock"), "", 400, "malformed_json"});
  check_refused(vault, holder, cases);
  vault.stop();
}

TEST_CASE("bad members: wrong, unknown, missing, over-long and unprintable members are refused") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string cards = holder.path("/cards");
  const std::string devices = holder.path("/devices");
  const std::string tokens = holder.path("/tokens");
  const std::string unlock = holder.path("/unlock");
  const std::string invalid = "invalid_request";
  const std::string ask = R"({"device_id":")" + holder.device + R"(",)";
  check_refused(
      vault, holder,
      {
          {"POST", cards, R"({"pan":4111111111111111})", 400, invalid, "pan", "wrong_type"},
          {"POST", cards, R"({"pan":null})", 400, invalid, "pan", "wrong_type"},
          {"POST", cards, R"({"pan":["4111111111111111"]})", 400, invalid, "pan", "wrong_type"},
          {"POST", cards, R"({})", 400, invalid, "pan", "required"},
          {"POST", cards, R"({"pan":""})", 400, invalid, "pan", "too_short"},
          {"POST", cards, R"({"pan":")" + std::string(65, '4') + "\"}", 400, invalid, "pan",
           "too_long"},
          {"POST", cards, R"({"pan":"4111\u00001111"})", 400, invalid, "pan", "control_characters"},
          {"POST", cards, R"({"pan":"4111111111111111","colour":"red"})", 400, invalid, "colour",
           "unknown_field"},
          {"POST", cards, R"({"pan":"4111111111111111","channels":"alipay"})", 400, invalid,
           "channels", "wrong_type"},
          {"POST", cards, R"({"pan":"4111111111111111","channels":["fax"]})", 400, invalid,
           "channels", "not_allowed"},
          {"POST", cards, R"({"pan":"4111111111111111","holder_name":7})", 400, invalid,
           "holder_name", "wrong_type"},
          {"POST", devices, R"({"name":"x"})", 400, invalid, "fingerprint", "required"},
          {"POST", devices, R"({"name":true,"fingerprint":"f"})", 400, invalid, "name",
           "wrong_type"},
          {"POST", devices, R"({"name":"a\u0007b","fingerprint":"f"})", 400, invalid, "name",
           "control_characters"},
          {"POST", devices, R"({"name":")" + std::string(65, 'n') + R"(","fingerprint":"f"})", 400,
           invalid, "name", "too_long"},
          {"POST", devices, R"({"name":"x","fingerprint":"f","public_key":"AAAA"})", 400, invalid,
           "public_key", "invalid_format"},
          {"POST", "/v1/wallets", R"({"subject":""})", 400, invalid, "subject", "too_short"},
          {"POST", "/v1/wallets", R"({"subject":")" + std::string(129, 's') + "\"}", 400, invalid,
           "subject", "too_long"},
          {"POST", "/v1/wallets", R"({"subject":"s","locale":"../.."})", 400, invalid, "locale",
           "invalid_format"},
          {"PATCH", holder.path(), R"({"state":"gone"})", 400, invalid, "state", "not_allowed"},
          {"PATCH", holder.path(), R"({})", 400, invalid, "state", "required"},
          {"POST", tokens, ask + R"("scopes":[]})", 400, invalid, "scopes", "too_short"},
          {"POST", tokens, ask + R"("scopes":["cards:steal"]})", 400, invalid, "scopes",
           "not_allowed"},
          {"POST", tokens, ask + R"("scopes":["cards:list card:deregister"]})", 400, invalid,
           "scopes", "not_allowed"},
          {"POST", tokens, ask + R"("scopes":["cards:list",""]})", 400, invalid, "scopes",
           "not_allowed"},
          {"POST", tokens, ask + R"("scopes":["cards:list "]})", 400, invalid, "scopes",
           "not_allowed"},
          {"POST", cards, R"({"pan":"4111111111111111","channels":["alipay wearable"]})", 400,
           invalid, "channels", "not_allowed"},
          {"PATCH", holder.path(), R"({"locale":"en","reason":"x"})", 400, invalid, "reason",
           "not_allowed"},
          {"POST", tokens, ask + R"("scopes":["cards:list"],"ttl_s":901})", 400, invalid, "ttl_s",
           "out_of_range"},
          {"POST", tokens, ask + R"("scopes":["cards:list"],"ttl_s":0})", 400, invalid, "ttl_s",
           "out_of_range"},
          {"POST", tokens, ask + R"("scopes":["cards:list"],"ttl_s":1.5})", 400, invalid, "ttl_s",
           "wrong_type"},
          {"POST", tokens, ask + R"("scopes":["card:deregister"],"ttl_s":121})", 400, invalid,
           "ttl_s", "out_of_range"},
          {"POST", tokens, R"({"device_id":"phone","scopes":["cards:list"]})", 400, invalid,
           "device_id", "invalid_format"},
          {"POST", unlock, ask + R"("method":"face","secret":"s"})", 400, invalid, "method",
           "not_allowed"},
          {"POST", unlock, ask + R"("method":"gesture"})", 400, invalid, "secret", "required"},
          {"POST", holder.path("/cards/" + std::string(kNoCard) + "/deregistrations"), "{}", 400,
           invalid, "reason", "required"},
          {"GET", holder.path("/audit?limit=0"), "", 400, invalid, "limit", "out_of_range"},
          {"GET", holder.path("/audit?limit=201"), "", 400, invalid, "limit", "out_of_range"},
          {"GET", holder.path("/audit?cursor=x"), "", 400, invalid, "cursor", "out_of_range"},
      });
  const auto several = vault.backend().send("POST", devices, R"({"name":1,"colour":2})");
  check_problem(several, 400, invalid, "name", "wrong_type");
  check_problem(several, 400, invalid, "colour", "unknown_field");
  check_problem(several, 400, invalid, "fingerprint", "required");
  vault.stop();
}

TEST_CASE("bad members: an error lists the allowed values and names a sensitive member") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  auto team = vault.backend();
  const auto allowed = [&](const std::string& method, const std::string& path,
                           const std::string& body) {
    const auto answer = team.send(method, path, body);
    CHECK(answer.status == 400);
    REQUIRE(answer.json()["errors"].size() == 1);
    return answer.json()["errors"][0]["allowed"];
  };
  CHECK(allowed("PATCH", holder.path(), R"({"state":"gone"})") ==
        Json{"active", "frozen", "closed"});
  CHECK(allowed("POST", holder.path("/unlock"),
                R"({"device_id":")" + holder.device + R"(","method":"face","secret":"s"})") ==
        Json{"password", "gesture"});
  CHECK(allowed("POST", holder.path("/cards"),
                R"({"pan":"4111111111111111","channels":["fax","telex"]})") ==
        Json{"wechat_pay", "official_account", "mini_program", "alipay", "unionpay_quickpass",
             "wearable", "sms_bank"});
  CHECK(
      allowed("POST", holder.path("/tokens"),
              R"({"device_id":")" + holder.device + R"(","scopes":["cards:steal"]})") ==
      Json{"cards:list", "card:balance", "card:transactions", "card:deregister", "card:channels"});
  CHECK(allowed("POST", "/v1/bank-events", R"({"type":"x","pan":"4111111111111111"})") ==
        Json{"card.cancelled"});
  check_problem(team.send("POST", holder.path("/cards"), R"({"pan":"4111111111111111","cvv":"1"})"),
                422, "sensitive_data_refused", "cvv", "not_allowed");
  vault.stop();
}

TEST_CASE("bad members: a body with thousands of names gets a short answer without them") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  std::string body = "{\"" + std::string(kPassword) + "\":1";
  for (int i = 0; body.size() < 65'000; ++i) body += ",\"name " + std::to_string(i) + "\":0";
  const auto answer = vault.backend().send("POST", holder.path("/devices"), body + "}");
  check_problem(answer, 400, "invalid_request", "(unnamed)", "unknown_field");
  CHECK(answer.body.size() < 2000);
  CHECK_FALSE(answer.body.contains(kPassword));
  vault.stop();
}

TEST_CASE("card numbers: letters, a wrong length and a bad Luhn digit are invalid_pan") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string cards = holder.path("/cards");
  const auto pan = [&](const std::string& digits, const std::string& reason) {
    return Case{"POST", cards, R"({"pan":")" + digits + "\"}", 422, "invalid_pan", "pan", reason};
  };
  check_refused(
      vault, holder,
      {pan("411111111111111A", "not_digits"), pan("4111.1111.1111.1111", "not_digits"),
       pan("+4111111111111111", "not_digits"), pan("0000000000000000", "all_zeros"),
       pan("4111 11** **** 1111", "not_digits"), pan("41111111111", "invalid_length"),
       pan("62260900000000481234", "invalid_length"), pan("- - -", "invalid_length"),
       pan("4111111111111112", "luhn_check_failed"), pan("5555555555554445", "luhn_check_failed"),
       pan("378282246310006", "luhn_check_failed")});
  CHECK(vault.backend().post(cards, {{"pan", "6226-0900 0000-0049"}}).status == 201);
  CHECK(vault.backend().post(cards, {{"pan", "4111 1111 1111 1111"}}).status == 201);
  vault.stop();
}

TEST_CASE("never taken: every spelling of verification code, PIN, track and expiry is refused") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  std::vector<Case> cases;
  const std::string pan = R"({"pan":"4111111111111111",)";
  for (const std::string name : {"cvv",
                                 "CVV",
                                 "cvv2",
                                 "Cvn2",
                                 "cvc",
                                 "card_cvc",
                                 "cardCvv",
                                 "security_code",
                                 "securityCode",
                                 "pin",
                                 "PIN",
                                 "pin_block",
                                 "track2",
                                 "trackData",
                                 "expiry",
                                 "expiry_date",
                                 "expiryDate",
                                 "exp_month",
                                 "expYear",
                                 "exp-date",
                                 "expiration_date",
                                 "expirationMonth",
                                 "expiration_year",
                                 "card_exp_month",
                                 "card_expiry",
                                 "expires",
                                 "valid_thru"}) {
    cases.push_back({"POST", holder.path("/cards"), pan + "\"" + name + "\":\"123\"}", 422,
                     "sensitive_data_refused"});
  }
  cases.push_back({"POST", holder.path("/cards"), pan + R"("extra":{"list":[{"cvv":null}]}})", 422,
                   "sensitive_data_refused"});
  cases.push_back({"POST", holder.path("/devices"), R"({"name":"x","fingerprint":"f","pin":1})",
                   422, "sensitive_data_refused"});
  cases.push_back({"POST", holder.path("/devices"),
                   R"({"name":"4111 1111 1111 1111","fingerprint":"f"})", 422,
                   "sensitive_data_refused"});
  check_refused(vault, holder, cases);

  const std::string card = vault.bind_card(holder, kPans[0]);
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  const std::string before = vault.everything(holder);
  check_problem(viewer.patch("/v1/cards/" + card, {{"nickname", "5555555555554444"}}), 422,
                "sensitive_data_refused");
  check_problem(viewer.patch("/v1/cards/" + card, {{"nickname", std::string(33, 'n')}}), 400,
                "invalid_request", "nickname", "too_long");
  check_problem(viewer.patch("/v1/cards/" + card, {{"order", 1}}), 400, "invalid_request", "order",
                "out_of_range");
  check_problem(viewer.patch("/v1/cards/" + card, {{"is_default", false}}), 400, "invalid_request",
                "is_default", "not_allowed");
  check_problem(viewer.patch("/v1/cards/" + card, Json::object()), 400, "invalid_request");
  CHECK(vault.everything(holder) == before);
  vault.stop();
}

TEST_CASE("unknown things: an unknown or malformed wallet, card or device id is not found") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const Holder other = vault.new_holder();
  const std::string others_card = vault.bind_card(other, kPans[1]);
  const std::string ask = R"({"scopes":["cards:list"],"device_id":")";
  std::vector<Case> cases;
  for (const std::string id :
       {kNoWallet, "wal_", "wal_01J00000000000000000000000", "x", "wal_81j00000000000000000000000",
        "crd_01j00000000000000000000000", "wal_01j0000000000000000000000000"}) {
    const std::string path = "/v1/wallets/" + id;
    cases.push_back({"GET", path, "", 404, "wallet_not_found"});
    cases.push_back(
        {"POST", path + "/cards", R"({"pan":"4111111111111111"})", 404, "wallet_not_found"});
  }
  for (const std::string& id : {std::string(kNoDevice), other.device, std::string("dev_x")}) {
    cases.push_back({"GET", holder.path("/devices/" + id), "", 404, "device_not_found"});
    cases.push_back({"DELETE", holder.path("/devices/" + id), "", 404, "device_not_found"});
  }
  for (const std::string& id : {std::string(kNoDevice), other.device}) {
    cases.push_back({"POST", holder.path("/tokens"), ask + id + "\"}", 404, "device_not_found"});
    cases.push_back({"POST", holder.path("/unlock"),
                     R"({"method":"gesture","secret":"0-1-2-5-8","device_id":")" + id + "\"}", 404,
                     "device_not_found"});
  }
  for (const std::string& id : {std::string(kNoCard), others_card, std::string("crd_x")}) {
    cases.push_back({"POST", holder.path("/cards/" + id + "/deregistrations"),
                     R"({"reason":"lost"})", 404, "card_not_found"});
  }
  cases.push_back({"POST", holder.path("/tokens"),
                   ask + holder.device + R"(","card_id":")" + others_card + "\"}", 404,
                   "card_not_found"});
  cases.push_back({"GET", holder.path("/deregistrations/drg_01j00000000000000000000000"), "", 404,
                   "deregistration_not_found"});
  cases.push_back({"GET", holder.path("/credentials/pin"), "", 404, "route_not_found"});
  cases.push_back({"GET", "/v1/wallets/%00", "", 404, "route_not_found"});
  cases.push_back({"GET", "/v2/wallets", "", 404, "route_not_found"});
  cases.push_back({"GET", "/", "", 404, "route_not_found"});
  cases.push_back({"DELETE", holder.path(), "", 405, "method_not_allowed"});
  cases.push_back({"DELETE", holder.path("/credentials/gesture"), "", 409, "credential_not_set"});
  const std::string before = vault.everything(other);
  check_refused(vault, holder, cases);

  auto viewer = vault.front_end(vault.token(holder), holder.device);
  for (const std::string& id : {std::string(kNoCard), others_card, std::string("crd_x")}) {
    check_problem(viewer.get("/v1/cards/" + id), 404, "card_not_found");
    check_problem(viewer.patch("/v1/cards/" + id, {{"nickname", "mine"}}), 404, "card_not_found");
  }
  CHECK(vault.everything(other) == before);
  vault.stop();
}

TEST_CASE("duplicates: a second bind of a card or device gets 409 with the existing id") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const Holder other = vault.new_holder();
  const std::string card = vault.bind_card(holder, kPans[2]);
  auto team = vault.backend();
  const std::string before = vault.everything(holder);
  const auto twice = team.post(holder.path("/cards"), {{"pan", "6226 0900-0000 0048"}});
  check_problem(twice, 409, "card_already_bound");
  CHECK(twice.text("card_id") == card);
  const Json same_phone{{"name", "again"}, {"fingerprint", "fingerprint-of-phone-1"}};
  const auto device = team.post(holder.path("/devices"), same_phone);
  check_problem(device, 409, "device_already_bound");
  CHECK(device.text("device_id") == holder.device);
  CHECK(vault.everything(holder) == before);
  CHECK(vault.bind_card(other, kPans[2]) != card);
  vault.stop();
}

TEST_CASE("weak secrets: commonplace or malformed gestures and passwords are refused") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  std::vector<Case> cases;
  const auto gesture = [&](const std::string& nodes, const std::string& code,
                           const std::string& reason) {
    cases.push_back({"PUT", holder.path("/credentials/gesture"), R"({"gesture":")" + nodes + "\"}",
                     422, code, "gesture", reason});
  };
  gesture("0-1-2", "invalid_gesture", "too_short");
  gesture("0-2-5-8", "invalid_gesture", "jumps_over_node");
  gesture("0-1-0-3", "invalid_gesture", "duplicate");
  gesture("0-1-2-9", "invalid_gesture", "out_of_range");
  gesture("01258", "invalid_gesture", "invalid_format");
  gesture("0-3-6-7-8", "weak_credential", "commonplace");
  gesture("8-7-6-3-0", "weak_credential", "commonplace");
  const auto password = [&](const std::string& text, const std::string& reason) {
    cases.push_back({"PUT", holder.path("/credentials/password"), R"({"password":")" + text + "\"}",
                     422, "weak_credential", "password", reason});
  };
  password("12345", "too_short");
  password("111111", "one_character");
  password("123456", "sequence");
  password("654321", "sequence");
  password("PassW0rd", "commonplace");
  for (const char* easy : {"qq123456", "123456a", "a1234567", "7758521", "666888", "P@ssw0rd"}) {
    password(easy, "commonplace");
  }
  cases.push_back({"PUT", holder.path("/credentials/password"),
                   R"({"password":")" + std::string(129, 'p') + "\"}", 400, "invalid_request",
                   "password", "too_long"});
  cases.push_back({"PUT", holder.path("/credentials/gesture"), R"({"password":"Kessel-99"})", 400,
                   "invalid_request", "gesture", "required"});
  check_refused(vault, holder, cases);
  CHECK(vault.backend().get(holder.path("/credentials/gesture")).json()["set"] == false);
  vault.stop();
}

}  // namespace cardvault::test
