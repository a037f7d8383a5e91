#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "api/handlers/routes.h"
#include "api/json/sensitive_data.h"
#include "tests/vault/vault_fixture.h"

namespace cardvault::api {
namespace {

using nlohmann::json;
using test::VaultFixture;

class Asked : public Request {
 public:
  Asked(Method method, std::string pattern, std::string sent,
        std::vector<std::pair<std::string, std::string>> fields,
        std::vector<std::pair<std::string, std::string>> parameters)
      : method_(method),
        path_(std::move(pattern)),
        body_(std::move(sent)),
        headers_(std::move(fields)),
        params_(std::move(parameters)) {}

  [[nodiscard]] Method method() const override { return method_; }
  [[nodiscard]] std::string_view path() const override { return path_; }
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const override {
    const std::string_view value = value_in(headers_, name);
    return value.empty() ? std::nullopt : std::optional(value);
  }
  [[nodiscard]] std::string_view param(std::string_view name) const override {
    return value_in(params_, name);
  }
  [[nodiscard]] std::optional<std::string_view> query(std::string_view) const override {
    return std::nullopt;
  }
  [[nodiscard]] std::string_view body() const override { return body_; }
  [[nodiscard]] const RequestId& id() const override { return id_; }

 private:
  static std::string_view value_in(const std::vector<std::pair<std::string, std::string>>& list,
                                   std::string_view name) {
    const auto found = std::ranges::find(list, name, [](const auto& one) { return one.first; });
    return found == list.end() ? std::string_view() : std::string_view(found->second);
  }

  Method method_;
  std::string path_;
  std::string body_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::vector<std::pair<std::string, std::string>> params_;
  RequestId id_;
};

struct Unobserved : ClosureObserver {
  void tried(Channel, CloseFailure) override {}
  void settled(const WalletId&, const Settled&) override {}
};

/// A vault with a wallet, a device and a card, and a client and a token with full permissions.
struct Served {
  VaultFixture fixture;
  WalletId wallet = fixture.make_wallet();
  DeviceId device = fixture.make_device(wallet);
  CardId card = fixture.make_card(wallet);
  ClientRegistry clients{fixture.store, fixture.sealer, fixture.random};
  std::string key{
      clients.add("all", {Permission::admin}, fixture.clock.now()).value().key.expose()};
  std::string token =
      fixture
          .token(wallet,
                 {.device = device,
                  .scopes = {Scope::cards_list, Scope::card_deregister, Scope::card_channels},
                  .life = Seconds(120)})
          .value()
          .token;
  Unobserved observer;
  Metrics metrics;
  AuditCheckpoints audits;
  Service service{fixture.vault, clients, {Backoff{}, observer}, metrics, audits};

  [[nodiscard]] Response ask(const Route& route, const json& body) const {
    const bool viewer = route.plane == Plane::front_end;
    return route.handler(
        Asked(route.method, route.pattern, body.dump(),
              {{"Authorization", "Bearer " + (viewer ? token : key)}, {"Device-Id", device.text()}},
              {{"wallet", wallet.text()},
               {"device", device.text()},
               {"card", card.text()},
               {"method", "password"}}));
  }
};

bool writes(const Route& route) {
  return route.method == Method::post || route.method == Method::put ||
         route.method == Method::patch;
}

/// The members that an answer lists with `reason`.
std::set<std::string> named(const Response& answer, std::string_view reason) {
  std::set<std::string> names;
  const json problem = json::parse(answer.body);
  for (const auto& one : problem.value("errors", json::array())) {
    if (one.at("reason") == reason) names.insert(one.at("field").get<std::string>());
  }
  return names;
}

constexpr const char* kHidden = "no 7: ４１１１ \u2013 1111 \u2013 1111 \u2013 ١١١١";

}  // namespace

TEST_CASE(
    "sensitive members: every route that writes refuses a card number in a known or unknown "
    "member") {
  const Served served;
  std::size_t asked = 0;
  for (const Route& route : public_routes(served.service)) {
    if (!writes(route)) continue;
    ++asked;
    for (const char* name : {"nickname", "name", "reason", "subject", "holder_name", "phone",
                             "fingerprint", "sim", "locale", "channel", "type", "occurred_at",
                             "public_key", "device_id", "a_member_of_tomorrow"}) {
      INFO(route.pattern << " " << name);
      const Response answer = served.ask(route, {{name, kHidden}});
      CHECK(answer.status == 422);
      CHECK(json::parse(answer.body).at("code") == "sensitive_data_refused");
      CHECK(named(answer, "card_number") == std::set<std::string>{name});
      CHECK_FALSE(answer.body.contains("1111"));
    }
  }
  CHECK(asked >= 14);
}

TEST_CASE("sensitive members: card numbers in lists and objects are all found and named") {
  const Served served;
  const auto routes = public_routes(served.service);
  const auto route = std::ranges::find_if(routes, writes);
  const Response answer = served.ask(
      *route,
      {{"list", {"x", kHidden}}, {"inner", {{"deep", json::array({{{"note", kHidden}}})}}}});
  CHECK(named(answer, "card_number") == std::set<std::string>{"list[1]", "inner.deep[0].note"});
}

TEST_CASE("sensitive members: verification code, PIN, track data and expiry are refused by name") {
  const Served served;
  const auto routes = public_routes(served.service);
  const auto route = std::ranges::find_if(routes, writes);
  const Response answer = served.ask(*route, {{"cvv", "123"},
                                              {"card_pin", "4711"},
                                              {"card", {{"expiry", "12/28"}, {"track", ";0=1?"}}},
                                              {"subject", "s"}});
  CHECK(answer.status == 422);
  CHECK(named(answer, "not_allowed") ==
        std::set<std::string>{"cvv", "card_pin", "card.expiry", "card.track"});
}

TEST_CASE("sensitive members: only card numbers and secrets may be digits") {
  // A further name here needs a reason: its value must never be shown, logged or sent.
  CHECK(std::set<std::string_view>(kMayHoldDigits.begin(), kMayHoldDigits.end()) ==
        std::set<std::string_view>{"gesture", "pan", "password", "present_root", "root", "secret",
                                   "share", "token", "typed"});
}

TEST_CASE("sensitive members: a member name that is a card number is not repeated") {
  const Served served;
  const auto routes = public_routes(served.service);
  const auto route = std::ranges::find_if(routes, writes);
  const Response answer = served.ask(*route, {{"4111111111111111", 1}, {"4111 1111 1111 1111", 2}});
  CHECK(answer.status == 400);
  CHECK_FALSE(answer.body.contains("1111"));
}

}  // namespace cardvault::api
