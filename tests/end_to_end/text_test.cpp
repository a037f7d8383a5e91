#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/end_to_end/served_vault.h"

namespace cardvault::test {
namespace {

constexpr const char* kHidden = "４１１１\u00a01111、1111·١١١١";

std::string deregistrations_of(const Holder& holder, const std::string& card) {
  return holder.path("/cards/" + card + "/deregistrations");
}

}  // namespace

TEST_CASE("texts: a card number is refused and named in every text member and changes nothing") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string card = vault.bind_card(holder, kPans[2]);
  auto team = vault.backend();
  const std::string before = vault.everything(holder);
  const auto refused = [&](const std::string& method, const std::string& path, Json body,
                           const std::string& member) {
    INFO(method << " " << path << " " << member);
    body[member] = kHidden;
    const auto answer = team.send(method, path, body.dump());
    check_problem(answer, 422, "sensitive_data_refused", member, "card_number");
    CHECK_FALSE(answer.body.contains("1111"));
  };
  refused("POST", "/v1/wallets", Json::object(), "subject");
  const Json device{{"name", "phone"}, {"fingerprint", "print-of-another"}};
  for (const char* member : {"name", "fingerprint", "sim"}) {
    refused("POST", holder.path("/devices"), device, member);
  }
  for (const char* member : {"holder_name", "phone"}) {
    refused("POST", holder.path("/cards"), {{"pan", kPans[0]}}, member);
  }
  refused("POST", deregistrations_of(holder, card), Json::object(), "reason");
  refused("PATCH", holder.path("/cards/" + card), {{"close_channel", "alipay"}}, "reason");
  refused("PATCH", holder.path(), {{"state", "closed"}}, "reason");
  refused("POST", "/v1/bank-events", {{"type", "card.cancelled"}, {"pan", kPans[2]}}, "reason");
  auto viewer = vault.front_end(
      vault.token(holder, {{"scopes", {"cards:list", "card:deregister"}}}), holder.device);
  check_problem(viewer.patch("/v1/cards/" + card, {{"nickname", kHidden}}), 422,
                "sensitive_data_refused", "nickname", "card_number");
  check_problem(viewer.post("/v1/cards/" + card + "/deregistrations", {{"reason", kHidden}}), 422,
                "sensitive_data_refused", "reason", "card_number");
  CHECK(vault.everything(holder) == before);
  const Run added = vault.run({"client", "add", kHidden, "--permissions", "unlock"});
  CHECK(added.status != 0);
  CHECK_FALSE((added.out + added.err).contains("1111"));
  vault.stop();
}

TEST_CASE("texts: a reason may hold telephone numbers, dates and ticket numbers") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  auto team = vault.backend();
  for (const char* reason :
       {"+81 90 1234 5678", "+62 812 3456 7890", "ticket 123456789012", "2026-11-30 / 2026-12-09",
        "1764552000000", "550e8400-e29b-41d4-a716-446655440000"}) {
    INFO(reason);
    const std::string card = vault.bind_card(holder, kPans[2]);
    const auto ended = team.post(deregistrations_of(holder, card), {{"reason", reason}});
    CHECK(ended.status == 202);
    CHECK(ended.text("reason") == reason);
  }
  vault.stop();
}

TEST_CASE("texts: invisible names are refused and blanks at the ends are trimmed") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string card = vault.bind_card(holder, kPans[2]);
  auto team = vault.backend();
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  for (const char* name : {"  ", "\u200b", "\u3000", "a\u202eb", "\u2066x"}) {
    check_problem(viewer.patch("/v1/cards/" + card, {{"nickname", name}}), 400, "invalid_request",
                  "nickname", "not_printable");
    check_problem(team.post(holder.path("/devices"), {{"name", name}, {"fingerprint", "other"}}),
                  400, "invalid_request", "name", "not_printable");
    check_problem(team.post(holder.path("/cards"), {{"pan", kPans[0]}, {"holder_name", name}}), 400,
                  "invalid_request", "holder_name", "not_printable");
    check_problem(team.post(deregistrations_of(holder, card), {{"reason", name}}), 400,
                  "invalid_request", "reason", "not_printable");
  }
  CHECK(viewer.patch("/v1/cards/" + card, {{"nickname", "\u3000工资卡 "}}).text("nickname") ==
        "工资卡");
  CHECK(viewer.patch("/v1/cards/" + card, {{"nickname", ""}}).json().at("nickname").is_null());
  vault.stop();
}

TEST_CASE("cards: two cards of one bank with the same last four digits have different texts") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, "6226090000000048");
  const std::string second = vault.bind_card(holder, "6226091000000048");
  const auto texts_of = [&](const std::string& member) {
    std::set<std::string> texts;
    for (const Json& card : vault.cards(holder)) texts.insert(card.at(member).get<std::string>());
    return texts;
  };
  for (const char* member : {"masked", "display", "a11y_label"})
    CHECK(texts_of(member).size() == 2);
  CHECK(texts_of("display").contains("招商银行 储蓄卡 (0048) · 第2张"));
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  const auto before = texts_of("display");
  CHECK(viewer.patch("/v1/cards/" + second, {{"order", 0}}).text("display") ==
        "招商银行 储蓄卡 (0048) · 第2张");
  CHECK(texts_of("display") == before);
  vault.stop();
}

TEST_CASE("cards: an import answers if the check digit is right") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  auto team = vault.backend();
  const auto right = team.post(holder.path("/cards"), {{"pan", kPans[2]}});
  const auto wrong = team.post(holder.path("/cards"), {{"pan", kPans[3]}});
  CHECK(right.json().at("luhn_valid") == true);
  CHECK(wrong.status == 201);
  CHECK(wrong.json().at("luhn_valid") == false);
  vault.stop();
}

TEST_CASE("cards: a number with fewer than 16 digits shows only its last four digits") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  for (const char* pan : {"378282246310005", "30569309025904", "4222222222222", "676770000005"}) {
    INFO(pan);
    const std::string card = vault.bind_card(holder, pan);
    const auto detail = viewer.get("/v1/cards/" + card);
    CHECK(detail.json().at("first6").is_null());
    CHECK(detail.text("masked_detail") == "**** **** **** " + detail.text("last4"));
    CHECK_FALSE(detail.body.contains(std::string(pan).substr(0, 6)));
  }
  vault.stop();
}

TEST_CASE("card numbers: typographic variants of a number are the same card") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string card = vault.bind_card(holder, kPans[0]);
  for (const char* pan :
       {"4111\u00a01111\u00a01111\u00a01111", "４１１１１１１１１１１１１１１１",
        "\u200e4111111111111111", "\ufeff4111111111111111", "4111\u20131111\u20131111\u20131111"}) {
    INFO(pan);
    const auto twice = vault.backend().post(holder.path("/cards"), {{"pan", pan}});
    check_problem(twice, 409, "card_already_bound");
    CHECK(twice.text("card_id") == card);
    CHECK(vault.backend()
              .post("/v1/bank-events", {{"type", "card.cancelled"},
                                        {"pan", pan},
                                        {"occurred_at", "2001-01-01T00:00:00Z"}})
              .status == 202);
  }
  vault.stop();
}

}  // namespace cardvault::test
