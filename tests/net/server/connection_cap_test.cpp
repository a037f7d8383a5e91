#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "net/server/doorman.h"
#include "tests/support/raw_http.h"
#include "tests/support/running_server.h"

namespace cardvault::api {
namespace {

using test::RawClient;
using test::RunningServer;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

std::vector<Route> routes() {
  return {{Method::get, "/", Plane::admin, [](const Request&) { return test::text_answer("{}"); }}};
}

void check_turned_away(RawClient& client) {
  const auto answer = client.ask(kGet);
  REQUIRE(answer.has_value());
  CHECK(answer->status == 503);
  CHECK(answer->has_code("busy"));
  CHECK(answer->field("Retry-After") == "1");
  CHECK(answer->field("Connection") == "close");
  CHECK(answer->field("Content-Type") == "application/problem+json");
  CHECK(answer->field("Cache-Control") == "no-store");
  CHECK(answer->has(answer->field("Request-Id")));
  CHECK(client.ends());
}

TEST_CASE("connection cap: one more connection gets a clean 503 and the open ones go on") {
  RunningServer server(routes(), ServerOptions{.max_connections = 2});
  RawClient a(server.port());
  RawClient b(server.port());
  REQUIRE(a.ask(kGet)->status == 200);
  REQUIRE(b.ask(kGet)->status == 200);
  RawClient extra(server.port());
  check_turned_away(extra);
  CHECK(a.ask(kGet)->status == 200);
  CHECK(b.ask(kGet)->status == 200);
}

TEST_CASE("connection cap: at the limit a browser page can read preflight and 503") {
  const std::string page = "Host: x\r\nOrigin: https://wallet.example\r\n";
  RunningServer server({{Method::get, "/", Plane::front_end,
                         [](const Request&) { return test::text_answer("{}"); }}},
                       {.max_connections = 1, .cors_origins = {"https://wallet.example"}});
  RawClient inside(server.port());
  REQUIRE(inside.ask(kGet)->status == 200);
  RawClient asks_first(server.port());
  const auto preflight = asks_first.ask("OPTIONS / HTTP/1.1\r\n" + page +
                                        "Access-Control-Request-Method: GET\r\n\r\n");
  REQUIRE(preflight.has_value());
  CHECK(preflight->status == 204);
  CHECK(preflight->field("Access-Control-Allow-Origin") == "https://wallet.example");
  CHECK(asks_first.ends());
  RawClient then(server.port());
  const auto refused = then.ask("GET / HTTP/1.1\r\n" + page + "\r\n");
  REQUIRE(refused.has_value());
  CHECK(refused->has_code("busy"));
  CHECK(refused->field("Access-Control-Allow-Origin") == "https://wallet.example");
}

TEST_CASE("connection cap: a freed connection slot is used again") {
  RunningServer server(routes(), ServerOptions{.max_connections = 1});
  {
    CHECK(RawClient(server.port()).ask(kGet)->status == 200);
  }
  const auto give_up = std::chrono::steady_clock::now() + test::kSoon;
  int status = 503;
  while (status == 503 && std::chrono::steady_clock::now() < give_up) {
    const auto answer = RawClient(server.port()).ask(kGet);
    status = answer ? answer->status : 0;
  }
  CHECK(status == 200);
}

TEST_CASE("connection cap: silent connections beyond the limit delay no other and are closed") {
  RunningServer server(routes(), ServerOptions{.max_connections = 1});
  RawClient inside(server.port());
  REQUIRE(inside.ask(kGet)->status == 200);
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 40; ++i) silent.push_back(std::make_unique<RawClient>(server.port()));
  RawClient extra(server.port());
  check_turned_away(extra);
  for (const auto& each : silent) CHECK(each->ends());
  CHECK(inside.ask(kGet)->status == 200);
}

TEST_CASE(
    "connection cap: a client gets its 503 while many silent connections are beyond the limit") {
  RunningServer server(
      routes(), ServerOptions{.max_connections = 1, .turn_away_patience = std::chrono::hours(1)});
  RawClient inside(server.port());
  REQUIRE(inside.ask(kGet)->status == 200);
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 100; ++i) {
    silent.push_back(std::make_unique<RawClient>(server.port()));
    if (i % 2 == 0) silent.back()->send("GET / HTTP/1.1\r\nHost:");
  }
  RawClient extra(server.port());
  check_turned_away(extra);
  silent.front()->send(" x\r\n\r\n");
  const auto late = silent.front()->receive();
  REQUIRE(late.has_value());
  CHECK(late->status == 503);
  CHECK_FALSE(silent.back()->something_comes_within(std::chrono::milliseconds(0)));
}

TEST_CASE(
    "connection cap: with too many silent connections the oldest is closed and a new one gets "
    "503") {
  RunningServer server(
      routes(), ServerOptions{.max_connections = 1, .turn_away_patience = std::chrono::hours(1)});
  RawClient inside(server.port());
  REQUIRE(inside.ask(kGet)->status == 200);
  std::vector<std::unique_ptr<RawClient>> silent;
  for (std::size_t i = 0; i < Doorman::kMost; ++i) {
    silent.push_back(std::make_unique<RawClient>(server.port()));
  }
  RawClient extra(server.port());
  check_turned_away(extra);
  CHECK(silent.front()->ends());
  CHECK_FALSE(silent.back()->something_comes_within(std::chrono::milliseconds(0)));
}

TEST_CASE("connection cap: a client that sends its body after the 503 still reads the answer") {
  RunningServer server(routes(), ServerOptions{.max_connections = 1});
  RawClient inside(server.port());
  REQUIRE(inside.ask(kGet)->status == 200);
  RawClient extra(server.port());
  extra.send(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 60000\r\n\r\n");
  const auto answer = extra.receive();
  REQUIRE(answer.has_value());
  CHECK(answer->status == 503);
  extra.send(std::string(60000, ' '));
  CHECK(extra.ends());
  CHECK(extra.ended_cleanly());
}

TEST_CASE("connection cap: with far too many clients each gets an answer or a closed connection") {
  RunningServer server(routes(), ServerOptions{.max_connections = 4});
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (int i = 0; i < 300; ++i) {
    crowd.push_back(std::make_unique<RawClient>(server.port()));
    crowd.back()->send(kGet);
  }
  int served = 0;
  for (const auto& each : crowd) {
    const auto answer = each->receive();
    if (answer && answer->status == 200) ++served;
    CHECK((!answer || answer->status == 200 || answer->status == 503));
  }
  CHECK(served >= 4);
}

}  // namespace
}  // namespace cardvault::api
