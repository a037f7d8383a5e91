#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <fstream>

#include "crypto/webhook_signature.h"
#include "tests/end_to_end/cascade_fixture.h"

namespace cardvault::test {
namespace {

/// A channel of the test that signs reports with its own key. Nothing listens at its address.
class Reporter {
 public:
  Reporter() {
    const Json file{{"channels",
                     {{{"name", "sms_bank"},
                       {"close_url", "http://127.0.0.1:9/close"},
                       {"completion", "callback"},
                       {"callback_key", webhook_public_key(ed25519_public_key(seed_))}},
                      {{"name", "alipay"}, {"close_url", "http://127.0.0.1:9/close"}}}}};
    std::ofstream(directory_.path() / "channels.json") << file.dump();
  }

  [[nodiscard]] std::vector<std::string> options() const {
    return {"--channels", (directory_.path() / "channels.json").string(),
            "--allow-private-targets"};
  }
  /// The signed header fields of `body`, as of `ago` seconds ago.
  [[nodiscard]] Fields sign(const std::string& body, long ago = 0) const {
    const Time now = SystemClock{}.now() - Seconds{ago};
    const auto headers = sign_webhook(seed_, "evt_1", now, body);
    return {{"webhook-id", headers.id},
            {"webhook-timestamp", headers.timestamp},
            {"webhook-signature", headers.signature}};
  }

 private:
  const Bytes seed_ = Bytes(kEd25519SeedSize, 42);
  TempDirectory directory_;
};

struct EventFixture {
  Reporter reporter;
  ServedVault vault{reporter.options()};
  Holder holder = vault.new_holder();
  std::string card = vault.bind_card(holder, kPans[0], {"sms_bank", "alipay"});
  std::string ending =
      vault.backend()
          .post(holder.path("/cards/" + card + "/deregistrations"), {{"reason", "lost"}})
          .id();

  [[nodiscard]] Json event(const std::string& type = "closure.completed") const {
    return {{"type", type},
            {"channel", "sms_bank"},
            {"wallet", holder.wallet},
            {"deregistration", ending}};
  }
  Answer send(const std::string& body, const Fields& fields) {
    return vault.nobody().send("POST", "/v1/channel-events", body, fields);
  }
  Answer send(const Json& body) { return send(body.dump(), reporter.sign(body.dump())); }
  [[nodiscard]] Json sms_bank() {
    return channel_of(vault.backend().get(holder.path("/deregistrations/" + ending)).json(),
                      "sms_bank");
  }
};

}  // namespace

TEST_CASE("channel event: a signed report closes the channel and a repeated one is a no-op") {
  EventFixture fixture;
  const auto first = fixture.send(fixture.event());
  CHECK(first.status == 200);
  CHECK(first.text("result") == "closed");
  CHECK(fixture.sms_bank().at("state") == "closed");
  const auto again = fixture.send(fixture.event());
  CHECK(again.status == 200);
  CHECK(again.text("result") == "already_closed");
  CHECK(fixture.send(fixture.event("closure.failed")).text("result") == "already_closed");
  fixture.vault.stop();
}

TEST_CASE(
    "channel event: unsigned, forged, altered and old reports are refused and change nothing") {
  EventFixture fixture;
  const std::string body = fixture.event().dump();
  const Fields good = fixture.reporter.sign(body);
  check_problem(fixture.send(body, {}), 401, "signature_invalid");
  Fields other = good;
  other[2].second =
      sign_webhook(Bytes(kEd25519SeedSize, 1), "evt_1", SystemClock{}.now(), body).signature;
  check_problem(fixture.send(body, other), 401, "signature_invalid");
  other = good;
  other[0].second = "evt_2";
  check_problem(fixture.send(body, other), 401, "signature_invalid");
  check_problem(fixture.send(fixture.event("closure.failed").dump(), good), 401,
                "signature_invalid");
  check_problem(fixture.send(body, fixture.reporter.sign(body, 301)), 401, "signature_expired");
  check_problem(fixture.send(body, fixture.reporter.sign(body, -320)), 401, "signature_expired");
  Json alipay = fixture.event();
  alipay["channel"] = "alipay";
  check_problem(fixture.send(alipay), 401, "signature_invalid");
  CHECK(fixture.sms_bank().at("state") != "closed");
  fixture.vault.stop();
}

TEST_CASE("channel event: a report about an unknown closure or with a wrong member is refused") {
  EventFixture fixture;
  const auto with = [&](const std::string& name, const Json& value) {
    Json changed = fixture.event();
    changed[name] = value;
    return fixture.send(changed);
  };
  check_problem(with("wallet", kNoWallet), 404, "wallet_not_found");
  check_problem(with("deregistration", "drg_01j00000000000000000000000"), 404,
                "deregistration_not_found");
  check_problem(with("wallet", "wal_x"), 400, "invalid_request", "wallet", "invalid_format");
  check_problem(with("type", "closure.started"), 400, "invalid_request", "type", "not_allowed");
  check_problem(with("more", 1), 400, "invalid_request", "more", "unknown_field");
  check_problem(fixture.send("{", fixture.reporter.sign("{")), 400, "malformed_json");
  const std::string other = fixture.vault.bind_card(fixture.holder, kPans[1], {"alipay"});
  const auto ended = fixture.vault.backend().post(
      fixture.holder.path("/cards/" + other + "/deregistrations"), {{"reason", "lost"}});
  check_problem(with("deregistration", ended.id()), 404, "closure_not_found");
  CHECK(fixture.send(fixture.event("closure.failed")).text("result") == "stale");
  CHECK(fixture.sms_bank().at("state") != "closed");
  fixture.vault.stop();
}

}  // namespace cardvault::test
