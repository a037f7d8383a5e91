#include "tests/sandbox/running_sandbox.h"

#include <httplib.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <thread>

#include "tests/support/locale_cache.h"

namespace cardvault::test {
namespace {

constexpr std::chrono::seconds kSoon{20};

std::unique_ptr<sandbox::Sandbox> must_start(const sandbox::Settings& settings, const Clock& clock,
                                             RandomSource& random) {
  fill_locale_cache();
  auto started = sandbox::Sandbox::start(settings, clock, random);
  REQUIRE(started);
  return *std::move(started);
}

}  // namespace

std::string close_body(std::string_view channel, std::string_view card) {
  return Json{{"type", "channel.close_requested"},
              {"timestamp", "2026-11-23T08:00:00Z"},
              {"data",
               {{"deregistration", "drg_1"},
                {"wallet", "wal_1"},
                {"card", card},
                {"channel", channel},
                {"last4", "0048"},
                {"reason", "user_requested"},
                {"extent", "card"},
                {"requested_at", "2026-11-23T08:00:00Z"},
                {"deadline", "2026-12-02T16:00:00Z"}}}}
      .dump();
}

sandbox::Settings RunningSandbox::quick(std::string vault_url) {
  return {.vault = std::move(vault_url),
          .connections = 16,
          .keys_refetch_after = std::chrono::milliseconds(0),
          .callback_first_retry = std::chrono::milliseconds(1)};
}

RunningSandbox::RunningSandbox(const sandbox::Settings& settings)
    : sandbox_(must_start(settings, clock_, random_)) {}

Answer RunningSandbox::send(const std::string& method, const std::string& path,
                            const std::string& body, const WebhookHeaders& headers,
                            int patience_ms) const {
  httplib::Client client("127.0.0.1", sandbox_->port());
  client.set_tcp_nodelay(true);
  client.set_read_timeout(std::chrono::milliseconds(patience_ms));
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.body = body;
  request.set_header("Content-Type", "application/json");
  if (!headers.id.empty()) request.set_header("webhook-id", headers.id);
  if (!headers.timestamp.empty()) request.set_header("webhook-timestamp", headers.timestamp);
  if (!headers.signature.empty()) request.set_header("webhook-signature", headers.signature);
  const auto result = client.send(request);
  if (!result) return {};
  return {result->status, result->body, result->get_header_value("Location")};
}

void RunningSandbox::turn(const Json& knobs, const std::string& channel) const {
  const Answer answer = send("PATCH", "/control/channels/" + channel, knobs.dump());
  INFO(answer.body);
  REQUIRE(answer.status == 200);
}

Json RunningSandbox::stats(const std::string& channel) const {
  return get("/stats").json().at("channels").at(channel);
}

void RunningSandbox::await_stats(const std::function<bool(const Json&)>& right,
                                 const std::string& channel) const {
  const auto give_up = std::chrono::steady_clock::now() + kSoon;
  Json now = stats(channel);
  while (!right(now) && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    now = stats(channel);
  }
  INFO(now.dump());
  REQUIRE(right(now));
}

}  // namespace cardvault::test
