#include "tests/end_to_end/cascade_fixture.h"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <thread>

namespace cardvault::test {
namespace {

/// A generous bound for the expected event. Nothing waits that long unless it fails.
constexpr std::chrono::seconds kSoon{60};

std::vector<std::string> with_channels(std::vector<std::string> options,
                                       const std::filesystem::path& file) {
  options.insert(options.end(), {"--channels", file.string(), "--allow-private-targets"});
  return options;
}

}  // namespace

Cascade::Cascade(std::vector<std::string> sandbox_options, std::vector<std::string> vault_options)
    : sandbox_(directory_.path(), std::move(sandbox_options)),
      vault_(std::make_unique<ServedVault>(
          with_channels(std::move(vault_options), sandbox_.channels_file()))) {
  introduce();
}

void Cascade::introduce() const {
  const std::string url = "http://127.0.0.1:" + std::to_string(vault_->server().port());
  const auto told = sandbox().post("/control/vault", {{"url", url}});
  INFO(told.body);
  REQUIRE(told.status == 200);
}

void Cascade::turn(const std::string& channel, const Json& knobs) const {
  const auto turned = sandbox().patch("/control/channels/" + channel, knobs);
  INFO(turned.body);
  REQUIRE(turned.status == 200);
}

int Cascade::stat(const std::string& channel, const std::string& counter) const {
  return sandbox().get("/stats").json().at("channels").at(channel).at(counter);
}

Json Cascade::deregister(const Holder& holder, const std::string& pan, const Json& channels) {
  const std::string card = vault_->bind_card(holder, pan, channels);
  const auto ended = vault_->backend().post(holder.path("/cards/" + card + "/deregistrations"),
                                            {{"reason", "user_requested"}});
  INFO(ended.body);
  REQUIRE(ended.status == 202);
  return ended.json();
}

Json Cascade::read(const Holder& holder, const Json& deregistration) {
  const auto answer = vault_->backend().get(
      holder.path("/deregistrations/" + deregistration.at("id").get<std::string>()));
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return answer.json();
}

Json Cascade::await(const Holder& holder, const Json& deregistration,
                    const std::function<bool(const Json&)>& condition) {
  const auto end = std::chrono::steady_clock::now() + kSoon;
  Json now = read(holder, deregistration);
  while (!condition(now) && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    now = read(holder, deregistration);
  }
  INFO(now.dump(1));
  REQUIRE(condition(now));
  return now;
}

Json Cascade::await_state(const Holder& holder, const Json& deregistration,
                          const std::string& state) {
  return await(holder, deregistration, [&](const Json& one) { return one.at("state") == state; });
}

void Cascade::advance(long seconds) {
  vault_->advance_clock(seconds);
  REQUIRE(sandbox().post("/control/clock", {{"advance_s", seconds}}).status == 200);
}

Json Cascade::command(std::vector<std::string> words) const {
  words.insert(words.end(), {"--data", vault_->data().string(), "--json"});
  const Run run = run_cardvault({.arguments = std::move(words)});
  INFO(run.err);
  REQUIRE(run.status == 0);
  return Json::parse(run.out);
}

Json channel_of(const Json& deregistration, const std::string& name) {
  for (const Json& channel : deregistration.at("channels")) {
    if (channel.at("channel") == name) return channel;
  }
  return {};
}

}  // namespace cardvault::test
