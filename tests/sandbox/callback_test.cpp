#include <catch2/catch_test_macros.hpp>
#include <set>

#include "sandbox/callback_sender.h"
#include "tests/sandbox/fake_vault.h"
#include "tests/sandbox/running_sandbox.h"

namespace cardvault::test {
namespace {

constexpr sandbox::ChannelIndex kAlipay = *sandbox::find_channel("alipay");
constexpr std::size_t kAllTries = 1 + sandbox::CallbackSender::kRetries;

bool is_signed_by_channel(const Event& event, const RunningSandbox& outside) {
  const auto key = parse_webhook_public_key(outside.sandbox().public_key(kAlipay));
  return key && verify_webhook(*key, event.headers, SystemClock{}.now(), event.body).has_value();
}

void close_once(const RunningSandbox& outside, const FakeVault& vault,
                const std::string& id = "drg_1.alipay") {
  const std::string body = close_body();
  const Answer answer = outside.close(vault.sign(id, body), body);
  REQUIRE(answer.status == 202);
  REQUIRE(answer.json()["closed"] == false);
}

TEST_CASE("callback: a channel answers 202 and then reports the closure with its signature") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"callback", true}});
  close_once(outside, vault);
  const auto events = vault.await_events(1);
  CHECK(Json::parse(events[0].body) == Json{{"type", "closure.completed"},
                                            {"channel", "alipay"},
                                            {"wallet", "wal_1"},
                                            {"deregistration", "drg_1"}});
  CHECK(events[0].headers.id.starts_with("evt_"));
  CHECK(is_signed_by_channel(events[0], outside));
  outside.await_stats([](const Json& stats) {
    return stats["callbacks"] ==
           Json{{"pending", 0}, {"sent", 1}, {"given_up", 0}, {"answers", {{"204", 1}}}};
  });
}

TEST_CASE("callback: a channel named at the start calls back, also after a reset") {
  const FakeVault vault;
  auto settings = RunningSandbox::quick(vault.url());
  settings.callback_channels = {kAlipay};
  const RunningSandbox outside(settings);
  outside.turn({{"callback", false}});
  REQUIRE(outside.send("POST", "/control/reset").status == 200);
  close_once(outside, vault);
  CHECK(is_signed_by_channel(vault.await_events(1)[0], outside));
}

TEST_CASE("callback: a callback waits for its delay and a duplicate adds no other") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"callback", true}, {"callback_delay_ms", 60'000}});
  close_once(outside, vault);
  close_once(outside, vault);
  const Json stats = outside.stats();
  CHECK(stats["callbacks"]["pending"] == 1);
  CHECK(stats["callbacks"]["sent"] == 0);
  CHECK(stats["duplicates"] == 1);
}

TEST_CASE("callback: a waiting callback does not delay a due one") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"callback", true}, {"callback_delay_ms", 60'000}});
  close_once(outside, vault, "late");
  outside.turn({{"callback_delay_ms", 0}});
  close_once(outside, vault, "soon");
  CHECK(vault.await_events(1).size() == 1);
}

TEST_CASE("callback: a callback is retried until the vault accepts it") {
  FakeVault vault;
  const RunningSandbox outside(vault);
  vault.answer_events({503, 500, 409});
  outside.turn({{"callback", true}});
  close_once(outside, vault);
  const auto events = vault.await_events(4);
  CHECK(events[3].headers.id == events[0].headers.id);
  CHECK(is_signed_by_channel(events[3], outside));
  outside.await_stats([](const Json& stats) {
    return stats["callbacks"]["answers"] == Json{{"204", 1}, {"409", 1}, {"500", 1}, {"503", 1}} &&
           stats["callbacks"]["pending"] == 0;
  });
}

TEST_CASE(
    "callback: a callback is given up after its retries and sent once more for a repeated "
    "message") {
  FakeVault vault;
  const RunningSandbox outside(vault);
  vault.answer_events(std::vector<int>(kAllTries, 500));
  outside.turn({{"callback", true}});
  close_once(outside, vault);
  outside.await_stats([](const Json& stats) { return stats["callbacks"]["given_up"] == 1; });
  CHECK(vault.await_events(kAllTries).size() == kAllTries);

  close_once(outside, vault);
  CHECK(is_signed_by_channel(vault.await_events(kAllTries + 1).back(), outside));
  outside.await_stats([](const Json& stats) {
    return stats["callbacks"]["sent"] == kAllTries + 1 && stats["callbacks"]["pending"] == 0;
  });

  close_once(outside, vault);
  const Json stats = outside.stats();
  CHECK(stats["distinct"] == 1);
  CHECK(stats["callbacks"]["sent"] == kAllTries + 1);
  CHECK(stats["callbacks"]["pending"] == 0);
}

TEST_CASE("callback: copies have the same webhook-id") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"callback", true}, {"callback_copies", 3}});
  close_once(outside, vault);
  std::set<std::string> ids;
  for (const Event& event : vault.await_events(3)) ids.insert(event.headers.id);
  CHECK(ids.size() == 1);
}

TEST_CASE("callback: two closures have different webhook-ids") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"callback", true}});
  close_once(outside, vault, "a");
  close_once(outside, vault, "b");
  const auto events = vault.await_events(2);
  CHECK(events[0].headers.id != events[1].headers.id);
}

TEST_CASE("callback: a forged callback does not verify and a later honest one does") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"callback", true}, {"callback_forged", true}});
  close_once(outside, vault, "a");
  CHECK_FALSE(is_signed_by_channel(vault.await_events(1)[0], outside));
  outside.turn({{"callback_forged", false}});
  close_once(outside, vault, "b");
  CHECK(is_signed_by_channel(vault.await_events(2)[1], outside));
}

TEST_CASE("callback: a channel reports failure if configured") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"callback", true}, {"callback_failed", true}});
  close_once(outside, vault);
  CHECK(Json::parse(vault.await_events(1)[0].body)["type"] == "closure.failed");
}

TEST_CASE("callback: a refused or failed message gets no callback") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"callback", true}, {"fail_next", 1}});
  const std::string body = close_body();
  CHECK(outside.close(vault.sign("a", body), body).status == 500);
  CHECK(outside.close({}, body).status == 401);
  const Json callbacks = outside.stats()["callbacks"];
  CHECK(callbacks["pending"] == 0);
  CHECK(callbacks["sent"] == 0);
}

TEST_CASE("callback: a reset drops waiting callbacks") {
  const FakeVault vault;
  const RunningSandbox outside(vault);
  outside.turn({{"callback", true}, {"callback_delay_ms", 100}, {"callback_failed", true}});
  close_once(outside, vault);
  REQUIRE(outside.send("POST", "/control/reset").status == 200);
  CHECK(outside.stats()["callbacks"]["pending"] == 0);
  outside.turn({{"callback", true}, {"callback_delay_ms", 200}});
  close_once(outside, vault);
  CHECK(Json::parse(vault.await_events(1)[0].body)["type"] == "closure.completed");
}

}  // namespace
}  // namespace cardvault::test
