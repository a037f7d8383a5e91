#include <catch2/catch_test_macros.hpp>
#include <chrono>

#include "tests/support/raw_http.h"
#include "tests/support/running_server.h"

namespace cardvault::api {
namespace {

using test::RawClient;
using test::RunningServer;

std::vector<Route> routes() {
  return {{Method::get, "/", Plane::admin, [](const Request&) { return test::text_answer("{}"); }},
          {Method::post, "/", Plane::admin,
           [](const Request& request) { return test::text_answer(request.body()); }}};
}

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// While the server is silent, sends one byte every 100 ms, until the server closes the connection.
bool is_cut_off(RawClient& client, std::string_view drip) {
  const auto give_up = std::chrono::steady_clock::now() + test::kSoon;
  while (!client.something_comes_within(std::chrono::milliseconds(100))) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    client.send(drip);
  }
  return client.ends();
}

TEST_CASE("slow client: a connection that stops within a head or a body is closed") {
  RunningServer server(routes(), ServerOptions{.read_timeout = std::chrono::seconds(1)});
  RawClient in_head(server.port());
  in_head.send("GET / HTTP/1.1\r\nHost:");
  RawClient in_body(server.port());
  in_body.send(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 10\r\n\r\n{");
  CHECK(in_head.ends());
  CHECK(in_body.ends());
}

TEST_CASE("slow client: single bytes do not extend the read timeout") {
  RunningServer server(routes(), ServerOptions{.read_timeout = std::chrono::seconds(1)});
  RawClient in_head(server.port());
  in_head.send("GET / HTTP/1.1\r\nHost: ");
  CHECK(is_cut_off(in_head, "x"));
  RawClient in_body(server.port());
  in_body.send(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 60000\r\n\r\n");
  CHECK(is_cut_off(in_body, " "));
}

TEST_CASE("idle client: its connection ends after the keep-alive time") {
  RunningServer server(routes(), ServerOptions{.keep_alive = std::chrono::seconds(1)});
  RawClient client(server.port());
  CHECK(client.ask(kGet)->status == 200);
  CHECK(client.ends());
}

TEST_CASE("deaf client: a connection whose client never reads answers is closed") {
  const auto megabyte = [](const Request&) { return test::text_answer(std::string(1 << 20, 'x')); };
  RunningServer server({{Method::get, "/", Plane::admin, megabyte}},
                       ServerOptions{.read_timeout = std::chrono::seconds(1)});
  RawClient client(server.port());
  const auto give_up = std::chrono::steady_clock::now() + test::kSoon;
  while (client.send(kGet) && std::chrono::steady_clock::now() < give_up) {
  }
  CHECK_FALSE(client.send(kGet));
}

}  // namespace
}  // namespace cardvault::api
