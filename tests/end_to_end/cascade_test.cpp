#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/end_to_end/cascade_fixture.h"

namespace cardvault::test {
namespace {

const Json kSeven{"wechat_pay",         "official_account", "mini_program", "alipay",
                  "unionpay_quickpass", "wearable",         "sms_bank"};

std::filesystem::path write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
  return file;
}

int verify(const std::filesystem::path& receipt, const std::filesystem::path& keys) {
  return run_cardvault(
             {.arguments = {"receipt", "verify", receipt.string(), "--keys", keys.string()}})
      .status;
}

}  // namespace

TEST_CASE("cascade: all seven channels close and anyone can verify the receipt") {
  Cascade cascade({"--callback-channel", "official_account", "--callback-channel", "sms_bank"});
  const Holder holder = cascade.vault().new_holder();
  const Json made = cascade.deregister(holder, kPans[2], kSeven);
  CHECK(made.at("state") == "closing");
  CHECK(made.at("channels").size() == 7);
  CHECK(made.at("deadline_basis") == "calendar");
  CHECK_FALSE(made.contains("receipt"));
  CHECK(cascade.vault().cards(holder).empty());

  const Json closed = cascade.await_state(holder, made, "closed");
  for (const Json& channel : closed.at("channels")) {
    CHECK(channel.at("state") == "closed");
    CHECK(channel.at("closed_at").is_string());
    CHECK(channel.at("last_error").is_null());
  }
  for (const Json& name : kSeven) CHECK(cascade.stat(name, "distinct") == 1);

  const TempDirectory directory;
  const auto keys = write(directory.path() / "keys.json",
                          cascade.vault().nobody().get("/.well-known/cardvault-keys").body);
  const auto resource = write(directory.path() / "resource.json", closed.dump());
  CHECK(verify(resource, keys) == 0);
  Json forged = closed.at("receipt");
  CHECK(verify(write(directory.path() / "receipt.json", forged.dump()), keys) == 0);
  forged["closed_at"] = "2020-01-01T00:00:00Z";
  CHECK(verify(write(directory.path() / "forged.json", forged.dump()), keys) == 1);
  CHECK(verify(directory.path() / "none.json", keys) == 1);

  const auto by_vault = cascade.command({"receipt", "verify", resource.string()});
  CHECK(by_vault.at("genuine") == true);
  CHECK(by_vault.at("card") == closed.at("card"));
  const Run without_keys = run_cardvault({.arguments = {"receipt", "verify", resource.string()}});
  CHECK(without_keys.status == 1);
  CHECK(without_keys.err.find("--keys") != std::string::npos);

  (void)cascade.sandbox().get("/received");
  CHECK(cascade.sandbox_transcript().text().find(kPans[2]) == std::string::npos);
  cascade.vault().stop();
}

TEST_CASE("cascade: one channel down delays no other, is visible to operators and recovers") {
  // The worker's own next attempt is so far away that the command makes it.
  Cascade cascade({}, {"--closure-backoff-min-s", "600", "--closure-backoff-max-s", "600"});
  cascade.turn("alipay", {{"down", true}});
  const Holder holder = cascade.vault().new_holder();
  const Json made = cascade.deregister(holder, kPans[0], {"alipay", "wearable", "sms_bank"});
  const Json waiting = cascade.await(holder, made, [](const Json& one) {
    return channel_of(one, "wearable").at("state") == "closed" &&
           channel_of(one, "sms_bank").at("state") == "closed" &&
           channel_of(one, "alipay").at("attempts") > 0;
  });
  CHECK(waiting.at("state") == "closing");
  const Json down = channel_of(waiting, "alipay");
  CHECK(down.at("state") == "pending");
  CHECK(down.at("last_error") == "connection_lost");
  CHECK(down.at("next_attempt_at").is_string());

  const Json listed = cascade.command({"closures", "list"}).at("data");
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].at("id") == made.at("id"));
  REQUIRE(listed[0].at("channels").size() == 1);
  CHECK(listed[0].at("channels")[0].at("channel") == "alipay");
  CHECK(cascade.command({"closures", "list", "--channel", "wearable"}).at("data").empty());
  const Json shown = cascade.command({"closures", "show", holder.wallet, made.at("id")});
  CHECK(shown.at("channels").size() == 3);

  cascade.turn("alipay", {{"down", false}});
  CHECK(cascade.command({"closures", "retry", holder.wallet, made.at("id")}).at("retried") == 1);
  const Json closed = cascade.await_state(holder, made, "closed");
  CHECK(closed.contains("receipt"));
  CHECK(cascade.command({"closures", "list"}).at("data").empty());
  cascade.vault().stop();
}

TEST_CASE("cascade: the test clock ends waits after a failure and after a missing report") {
  Cascade cascade({"--callback-channel", "sms_bank"},
                  {"--closure-backoff-min-s", "600", "--closure-backoff-max-s", "600"});
  cascade.turn("wearable", {{"fail_next", 1}});
  cascade.turn("sms_bank", {{"callback_forged", true}});
  const Holder holder = cascade.vault().new_holder();
  const Json made = cascade.deregister(holder, kPans[0], {"wearable", "sms_bank"});
  const Json waiting = cascade.await(holder, made, [](const Json& one) {
    return channel_of(one, "wearable").at("last_error") == "http_500" &&
           channel_of(one, "sms_bank").at("state") == "closing";
  });
  CHECK(channel_of(waiting, "wearable").at("attempts") == 1);
  cascade.turn("sms_bank", {{"callback_forged", false}});
  const auto given_up = [&] {
    return cascade.sandbox().get("/stats").json().at("channels").at("sms_bank").at("callbacks");
  };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (given_up().at("given_up") != 1) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  CHECK(given_up().at("answers").at("401") == 7);
  cascade.advance(601);
  cascade.await(holder, made, [](const Json& one) {
    return channel_of(one, "wearable").at("state") == "closed";
  });
  CHECK(channel_of(cascade.read(holder, made), "sms_bank").at("state") == "closing");
  cascade.advance(3600);
  cascade.await_state(holder, made, "closed");
  CHECK(cascade.stat("sms_bank", "duplicates") == 1);
  cascade.vault().stop();
}

TEST_CASE("cascade: although the server is killed repeatedly every channel closes") {
  Cascade cascade;
  const Holder holder = cascade.vault().new_holder();
  for (const Json& name : kSeven) cascade.turn(name, {{"delay_ms", 30}});
  std::vector<Json> all;
  for (const char* pan : kPans) all.push_back(cascade.deregister(holder, pan, kSeven));
  for (int round = 0; round < 4; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds{25 * round});
    cascade.vault().kill();
    cascade.vault().start();
    cascade.introduce();
  }
  // The lease of the dead process ends.
  cascade.advance(130);
  for (const Json& one : all) {
    const Json closed = cascade.await_state(holder, one, "closed");
    CHECK(closed.contains("receipt"));
  }
  for (const Json& name : kSeven) CHECK(cascade.stat(name, "distinct") == 5);
  const auto audit = cascade.vault().backend().get(holder.path("/audit")).json();
  CHECK(audit.at("chain").at("intact") == true);
  cascade.vault().stop();
}

TEST_CASE(
    "cascade: after its deadline a closure is overdue in the resource, the metrics and the log") {
  Cascade cascade;
  cascade.turn("alipay", {{"status", 503}});
  const Holder holder = cascade.vault().new_holder();
  const Json made = cascade.deregister(holder, kPans[0], {"alipay"});
  cascade.await(holder, made, [](const Json& one) {
    return channel_of(one, "alipay").at("last_error") == "http_503";
  });
  cascade.advance(20L * 24 * 3600);
  const Json overdue = cascade.read(holder, made);
  CHECK(overdue.at("state") == "overdue");
  CHECK(channel_of(overdue, "alipay").at("state") == "overdue");
  const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  const auto metrics = [&] { return cascade.vault().operations().get("/metrics").body; };
  while (metrics().find("\ncardvault_deregistrations_overdue 1\n") == std::string::npos) {
    REQUIRE(std::chrono::steady_clock::now() < soon);
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  const std::string now = metrics();
  CHECK(now.find(R"(cardvault_closures_open{channel="alipay",state="overdue"} 1)") !=
        std::string::npos);
  CHECK(now.find("cardvault_deregistrations_overdue_total 1") != std::string::npos);
  CHECK(now.find(R"(cardvault_closure_attempts_total{channel="alipay",outcome="http_status"})") !=
        std::string::npos);
  CHECK(cascade.vault().logs("deregistration_overdue"));
  CHECK(cascade.command({"closures", "list", "--state", "overdue"}).at("data").size() == 1);

  cascade.turn("alipay", {{"status", nullptr}});
  CHECK(cascade.command({"closures", "retry", "--all"}).at("retried") == 1);
  const Json closed = cascade.await_state(holder, made, "closed");
  CHECK(closed.at("receipt").at("deadline_met") == false);
  cascade.vault().stop();
}

TEST_CASE("cascade: when calendars appear a deadline based on weekends is recomputed") {
  const TempDirectory calendars;
  Cascade cascade({}, {"--calendars", calendars.path().string()});
  cascade.turn("alipay", {{"status", 500}});
  const Holder holder = cascade.vault().new_holder();
  const Json made = cascade.deregister(holder, kPans[0], {"alipay"});
  CHECK(made.at("deadline_basis") == "weekends");
  const int year = std::stoi(made.at("requested_at").get<std::string>().substr(0, 4));
  for (const int one : {year, year + 1}) {
    const Json calendar{{"calendar", "cn"},
                        {"year", one},
                        {"source", "a test"},
                        {"days_off", Json::array()},
                        {"working_days", Json::array()}};
    write(calendars.path() / ("cn-" + std::to_string(one) + ".json"), calendar.dump());
  }
  cascade.await(holder, made,
                [](const Json& one) { return one.at("deadline_basis") == "calendar"; });
  cascade.vault().stop();
}

TEST_CASE("cascade: a token for one channel cannot deregister a card of another channel") {
  Cascade cascade;
  auto& vault = cascade.vault();
  const Holder holder = vault.new_holder();
  const Json made = cascade.deregister(holder, kPans[0], {"alipay"});
  const std::string path = "/v1/cards/" + made.at("card").get<std::string>() + "/deregistrations";
  const auto ask = [&](const char* channel) {
    auto ender = vault.front_end(
        vault.token(holder, {{"scopes", {"card:deregister"}}, {"channel", channel}}),
        holder.device);
    return ender.post(path, {{"reason", "lost"}});
  };
  check_problem(ask("wearable"), 404, "card_not_found");
  CHECK(ask("alipay").status == 200);
  vault.stop();
}

TEST_CASE("cascade: by default loopback channels are not called") {
  Cascade cascade;
  const std::vector<std::string> options{"--channels", cascade.channels_file()};
  ServedVault strict(options);
  const Holder holder = strict.new_holder();
  const std::string card = strict.bind_card(holder, kPans[0], {"alipay"});
  const auto ended = strict.backend().post(holder.path("/cards/" + card + "/deregistrations"),
                                           {{"reason", "lost"}});
  REQUIRE(ended.status == 202);
  const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  for (;;) {
    const auto now = strict.backend().get(holder.path("/deregistrations/" + ended.id())).json();
    if (channel_of(now, "alipay").at("last_error") == "target_refused") break;
    REQUIRE(std::chrono::steady_clock::now() < soon);
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  CHECK(cascade.stat("alipay", "received") == 0);
  strict.stop();
  cascade.vault().stop();
}

TEST_CASE("cascade: without a server the command line lists and retries open closures") {
  Cascade cascade;
  cascade.turn("alipay", {{"status", 500}});
  const Holder holder = cascade.vault().new_holder();
  const Json made = cascade.deregister(holder, kPans[0], {"alipay"});
  cascade.vault().stop();
  const Json listed = cascade.command({"closures", "list"}).at("data");
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].at("id") == made.at("id"));
  CHECK(cascade.command({"closures", "retry", holder.wallet, made.at("id")}).at("retried") == 1);
  const Run unknown = run_cardvault(
      {.arguments = {"closures", "show", holder.wallet, "drg_01j00000000000000000000000", "--data",
                     cascade.vault().data().string()}});
  CHECK(unknown.status == 1);
  CHECK(unknown.err.find("no such deregistration") != std::string::npos);
}

}  // namespace cardvault::test
