#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <memory>

#include "tests/support/raw_http.h"
#include "tests/support/running_server.h"

namespace cardvault::api {
namespace {

using test::RawClient;
using test::RunningServer;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kSlow = "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n";

/// A server with a handler that runs until it is told to end.
struct Slow {
  std::promise<void> started;
  std::promise<void> may_end;
  RunningServer server;

  explicit Slow(ServerOptions options)
      : server({{Method::get, "/", Plane::admin,
                 [](const Request&) { return test::text_answer("{}"); }},
                {Method::get, "/slow", Plane::admin,
                 [this](const Request&) {
                   started.set_value();
                   may_end.get_future().wait();
                   return test::text_answer("done");
                 }}},
               std::move(options)) {}
};

void check_turned_down(const std::optional<test::RawAnswer>& answer, RawClient& client) {
  REQUIRE(answer.has_value());
  CHECK(answer->has_code("shutting_down"));
  CHECK(answer->field("Retry-After") == "1");
  CHECK(answer->field("Connection") == "close");
  CHECK(client.ends());
}

TEST_CASE("stop: running requests finish and requests on open and new connections are refused") {
  Slow slow(ServerOptions{.keep_alive = test::kSoon, .drain = test::kSoon});
  RawClient running(slow.server.port());
  running.send(kSlow);
  slow.started.get_future().wait();
  RawClient open(slow.server.port());
  auto stopped = std::async(std::launch::async, [&] { slow.server.stop(); });

  auto refused = open.ask(kGet);
  while (refused && refused->status == 200) refused = open.ask(kGet);
  check_turned_down(refused, open);
  RawClient fresh(slow.server.port());
  check_turned_down(fresh.ask(kGet), fresh);

  slow.may_end.set_value();
  const auto answer = running.receive();
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(answer->body == "done");
  stopped.get();
  CHECK(running.ends());
  CHECK_FALSE(RawClient(slow.server.port()).connected());
}

TEST_CASE("stop: during a drain a browser page can read preflight and 503") {
  const std::string page = "Host: x\r\nOrigin: https://wallet.example\r\n";
  Slow slow(ServerOptions{.drain = test::kSoon, .cors_origins = {"https://wallet.example"}});
  RawClient running(slow.server.port());
  running.send(kSlow);
  slow.started.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { slow.server.stop(); });
  std::optional<test::RawAnswer> refused;
  do {
    refused = RawClient(slow.server.port()).ask("GET / HTTP/1.1\r\n" + page + "\r\n");
  } while (refused && refused->status == 200);
  REQUIRE(refused.has_value());
  CHECK(refused->has_code("shutting_down"));
  CHECK(refused->field("Access-Control-Allow-Origin") == "https://wallet.example");
  RawClient asks_first(slow.server.port());
  const auto preflight = asks_first.ask("OPTIONS /nowhere HTTP/1.1\r\n" + page +
                                        "Access-Control-Request-Method: GET\r\n\r\n");
  REQUIRE(preflight.has_value());
  CHECK(preflight->status == 204);
  CHECK(asks_first.ends());
  slow.may_end.set_value();
  stopped.get();
}

TEST_CASE("stop: idle connections do not delay the stop") {
  Slow slow(ServerOptions{.keep_alive = std::chrono::hours(1), .drain = test::kSoon});
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 20; ++i) {
    idle.push_back(std::make_unique<RawClient>(slow.server.port()));
    REQUIRE(idle.back()->ask(kGet)->status == 200);
  }
  RawClient never_spoke(slow.server.port());
  slow.server.stop();
  for (const auto& each : idle) CHECK(each->ends());
}

TEST_CASE("stop: a handler that outlives the drain time delays only its own connection") {
  Slow slow(ServerOptions{.keep_alive = test::kSoon, .drain = std::chrono::seconds(0)});
  RawClient running(slow.server.port());
  running.send(kSlow);
  slow.started.get_future().wait();
  RawClient idle(slow.server.port());
  slow.server.server().stop();
  CHECK(idle.ends());
  CHECK_FALSE(RawClient(slow.server.port()).connected());
  slow.may_end.set_value();
  CHECK(running.receive()->body == "done");
  CHECK(running.ends());
}

TEST_CASE("stop: a stop before run makes run return at once and a second stop is a no-op") {
  auto server = Server::bind({}, {}, {});
  REQUIRE(server.has_value());
  (*server)->stop();
  (*server)->stop();
  (*server)->run();
}

TEST_CASE("stop: a stop during the start ends run") {
  for (int i = 0; i < 50; ++i) {
    auto server = Server::bind({}, {}, {});
    REQUIRE(server.has_value());
    auto running = std::async(std::launch::async, [&] { (*server)->run(); });
    (*server)->stop();
    running.get();
  }
}

TEST_CASE("load: a server under load from many clients stops cleanly") {
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  {
    RunningServer server(
        {{Method::get, "/", Plane::admin, [](const Request&) { return test::text_answer("{}"); }}});
    std::atomic<int> warm{0};
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back([&answered, &warm, port = server.port()] {
        RawClient client(port);
        while (const auto answer = client.ask(kGet)) {
          ++answered;
          ++warm;
          if (answer->status != 200) break;
        }
      });
    }
    while (warm < 200) std::this_thread::yield();
    server.stop();
    for (auto& each : clients) each.join();
  }
  CHECK(answered >= 200);
}

}  // namespace
}  // namespace cardvault::api
