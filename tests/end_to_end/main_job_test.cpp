#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/end_to_end/served_vault.h"

namespace cardvault::test {
namespace {

std::set<std::string> member_names(const Json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.items()) names.insert(name);
  return names;
}

const std::set<std::string> kListMembers{
    "id",         "bank",     "funding", "scheme",     "last4",    "masked",  "display",
    "a11y_label", "nickname", "status",  "is_default", "bound_at", "channels"};

void check_list_of_five(const Json& data) {
  struct Shown {
    const char* last4;
    const char* scheme;
    const char* funding;
    const char* display;
    const char* label;
  };
  const std::array shown{
      Shown{"1111", "visa", "unknown", "未知银行 Visa 卡 (1111)", "未知银行Visa 卡，尾号 1 1 1 1"},
      Shown{"4444", "mastercard", "unknown", "未知银行 Mastercard 卡 (4444)",
            "未知银行Mastercard 卡，尾号 4 4 4 4"},
      Shown{"0048", "unionpay", "debit", "招商银行 储蓄卡 (0048)", "招商银行储蓄卡，尾号 0 0 4 8"},
      Shown{"0000", "unionpay", "credit", "平安银行 信用卡 (0000)", "平安银行信用卡，尾号 0 0 0 0"},
      Shown{"0018", "unionpay", "debit", "平安银行 储蓄卡 (0018)", "平安银行储蓄卡，尾号 0 0 1 8"}};
  REQUIRE(data.size() == shown.size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const Json& card = data[i];
    INFO(card.dump());
    CHECK(member_names(card) == kListMembers);
    CHECK(member_names(card["bank"]) == std::set<std::string>{"code", "name"});
    CHECK(card["last4"] == shown[i].last4);
    CHECK(card["masked"] == std::string("**** **** **** ") + shown[i].last4);
    CHECK(card["scheme"] == shown[i].scheme);
    CHECK(card["funding"] == shown[i].funding);
    CHECK(card["display"] == shown[i].display);
    CHECK(card["a11y_label"] == shown[i].label);
    CHECK(card["nickname"].is_null());
    CHECK(card["status"] == "active");
    CHECK(card["is_default"] == (i == 0));
    CHECK(card["channels"].is_array());
    CHECK(card["bound_at"].get<std::string>().ends_with("Z"));
  }
}

}  // namespace

TEST_CASE("the main job: a wallet team binds, unlocks, lists, changes and deregisters cards") {
  ServedVault vault;
  auto team = vault.backend();

  const auto created = team.post("/v1/wallets", {{"subject", "user-1"}, {"locale", "zh-CN"}});
  REQUIRE(created.status == 201);
  Holder holder{.wallet = created.id(), .device = {}};
  CHECK(holder.wallet.starts_with("wal_"));
  CHECK(holder.wallet.size() == 30);
  CHECK(created.field("Location") == holder.path());
  const auto again = team.post("/v1/wallets", {{"subject", "user-1"}});
  CHECK(again.status == 200);
  CHECK(again.id() == holder.wallet);
  CHECK(team.post("/v1/wallets", {{"subject", "user-2"}}).id() != holder.wallet);

  const auto device =
      team.post(holder.path("/devices"), {{"name", "phone"}, {"fingerprint", "fingerprint-1"}});
  REQUIRE(device.status == 201);
  holder.device = device.id();
  CHECK(device.field("Location") == holder.path("/devices/" + holder.device));
  CHECK(team.get(device.field("Location")).json() == device.json());

  const auto password = team.put(holder.path("/credentials/password"), {{"password", kPassword}});
  CHECK(password.status == 200);
  CHECK(password.text("status") == "active");
  CHECK(team.put(holder.path("/credentials/gesture"), {{"gesture", "0-1-2-5-8"}}).status == 200);
  CHECK(team.get(holder.path("/credentials/gesture")).body.find("0-1-2-5-8") == std::string::npos);

  std::vector<std::string> cards;
  for (const char* pan : kPans) {
    const auto bound = team.post(holder.path("/cards"), {{"pan", pan}});
    INFO(bound.body);
    REQUIRE(bound.status == 201);
    CHECK(bound.field("Location") == "/v1/cards/" + bound.id());
    auto members = kListMembers;
    members.insert("luhn_valid");
    CHECK(member_names(bound.json()) == members);
    cards.push_back(bound.id());
  }

  const auto unlocked =
      team.post(holder.path("/unlock"),
                {{"device_id", holder.device}, {"method", "gesture"}, {"secret", "0-1-2-5-8"}});
  REQUIRE(unlocked.status == 200);
  CHECK(member_names(unlocked.json()) ==
        std::set<std::string>{"token", "token_type", "expires_in", "expires_at", "scopes"});
  CHECK(unlocked.text("token").starts_with("v4.local."));
  CHECK(unlocked.text("token_type") == "Bearer");
  CHECK(unlocked.json()["expires_in"] == 180);
  CHECK(unlocked.json()["scopes"] == Json{"cards:list"});
  auto viewer = vault.front_end(unlocked.text("token"), holder.device);

  const auto list = viewer.get("/v1/cards");
  REQUIRE(list.status == 200);
  CHECK(member_names(list.json()) ==
        std::set<std::string>{"data", "has_more", "next_cursor", "list_version"});
  CHECK(list.json()["has_more"] == false);
  CHECK(list.json()["next_cursor"].is_null());
  check_list_of_five(list.json()["data"]);

  const std::string etag = list.field("ETag");
  REQUIRE_FALSE(etag.empty());
  const auto unchanged = viewer.get("/v1/cards", {{"If-None-Match", etag}});
  CHECK(unchanged.status == 304);
  CHECK(unchanged.body.empty());
  CHECK(unchanged.field("ETag") == etag);
  CHECK(viewer.get("/v1/cards", {{"If-None-Match", "\"other\""}}).status == 200);

  const auto detail = viewer.get("/v1/cards/" + cards[0]);
  REQUIRE(detail.status == 200);
  CHECK(detail.text("first6") == "411111");
  CHECK(detail.text("masked_detail") == "411111 **** 1111");
  CHECK(detail.json()["luhn_valid"] == true);
  CHECK(viewer.get("/v1/cards/" + cards[3]).json()["luhn_valid"] == false);

  const auto named = viewer.patch("/v1/cards/" + cards[2], {{"nickname", "工资卡"}});
  CHECK(named.status == 200);
  CHECK(named.text("nickname") == "工资卡");
  CHECK(viewer.patch("/v1/cards/" + cards[2], {{"is_default", true}}).json()["is_default"] == true);
  CHECK(viewer.patch("/v1/cards/" + cards[4], {{"order", 0}}).status == 200);
  const auto changed = viewer.get("/v1/cards", {{"If-None-Match", etag}});
  REQUIRE(changed.status == 200);
  CHECK(changed.field("ETag") != etag);
  const Json rows = changed.json()["data"];
  REQUIRE(rows.size() == 5);
  CHECK(rows[0]["id"] == cards[4]);
  CHECK(rows[1]["id"] == cards[0]);
  CHECK(rows[1]["is_default"] == false);
  CHECK(rows[3]["id"] == cards[2]);
  CHECK(rows[3]["is_default"] == true);
  CHECK(rows[3]["nickname"] == "工资卡");

  const std::string card_token = vault.token(holder, {{"card_id", cards[2]}});
  auto card_viewer = vault.front_end(card_token, holder.device);
  CHECK(card_viewer.get("/v1/cards").json()["data"].size() == 1);
  const std::string deregistrations = holder.path("/cards/" + cards[2] + "/deregistrations");
  const auto ended = team.post(deregistrations, {{"reason", "lost"}});
  INFO(ended.body);
  REQUIRE(ended.status == 202);
  CHECK(ended.id().starts_with("drg_"));
  CHECK(ended.field("Location") == holder.path("/deregistrations/" + ended.id()));
  CHECK(ended.text("last4") == "0048");
  CHECK(ended.text("reason") == "lost");
  CHECK(ended.text("state") == "closed");
  CHECK(ended.json().at("receipt").at("deadline_met") == true);
  const auto repeated = team.post(deregistrations, {{"reason", "lost"}});
  CHECK(repeated.status == 200);
  CHECK(repeated.json() == ended.json());
  CHECK(team.get(ended.field("Location")).json() == ended.json());

  const Json left = viewer.get("/v1/cards").json()["data"];
  REQUIRE(left.size() == 4);
  CHECK(left[0]["is_default"] == true);
  check_problem(viewer.get("/v1/cards/" + cards[2]), 404, "card_not_found");
  check_problem(card_viewer.get("/v1/cards"), 401, "token_revoked");
  check_problem(card_viewer.get("/v1/cards/" + cards[2]), 401, "token_revoked");

  const Json audit = team.get(holder.path("/audit?limit=200")).json();
  CHECK(audit["chain"]["intact"] == true);
  CHECK(audit["chain"]["entries"] == audit["data"].size());
  std::vector<std::string> actions;
  for (const Json& entry : audit["data"]) actions.push_back(entry["action"]);
  CHECK(actions.front() == "wallet.created");
  CHECK(actions.back() == "deregistration.closed");
  CHECK(std::count(actions.begin(), actions.end(), "card.bound") == 5);
  vault.stop();
}

TEST_CASE("locale: a wallet changed to English shows English names") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, "6226090000000048");
  CHECK(vault.backend().patch(holder.path(), {{"locale", "en-GB"}}).status == 200);
  const Json card = vault.cards(holder)[0];
  CHECK(card["display"] == "China Merchants Bank debit card (0048)");
  CHECK(card["a11y_label"] == "China Merchants Bank debit card, ending in 0 0 4 8");
  CHECK(card["bank"] == Json{{"code", "CMB"}, {"name", "China Merchants Bank"}});
  vault.stop();
}

TEST_CASE(
    "locale: any spelling of a Chinese language shows Chinese names and others show English "
    "names") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, "6226090000000048");
  const auto bank_name_in = [&](const char* locale) {
    const auto patched = vault.backend().patch(holder.path(), {{"locale", locale}});
    CHECK(patched.status == 200);
    return vault.cards(holder)[0]["bank"]["name"].get<std::string>();
  };
  for (const char* chinese : {"ZH-CN", "cmn-Hans-CN", "zh_CN", "yue", "zh-Hant-TW"}) {
    INFO(chinese);
    CHECK(bank_name_in(chinese) == "招商银行");
  }
  CHECK(vault.backend().patch(holder.path(), {{"locale", "zh_CN"}}).text("locale") == "zh-CN");
  for (const char* other : {"zhx", "en", "ja-JP"}) {
    INFO(other);
    CHECK(bank_name_in(other) == "China Merchants Bank");
  }
  for (const char* no_tag : {"zh.UTF-8", "-", "C", "zh--CN"}) {
    INFO(no_tag);
    check_problem(vault.backend().patch(holder.path(), {{"locale", no_tag}}), 400,
                  "invalid_request", "locale", "invalid_format");
  }
  vault.stop();
}

}  // namespace cardvault::test
