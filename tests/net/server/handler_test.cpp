#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <tuple>

#include "tests/support/captured_log.h"
#include "tests/support/raw_http.h"
#include "tests/support/running_server.h"

namespace cardvault::api {
namespace {

using test::RawClient;
using test::RunningServer;

std::vector<Route> routes() {
  return {
      {Method::get, "/items/:item", Plane::backend,
       [](const Request& request) {
         return test::text_answer(std::string(request.param("item")) + "|" +
                                  std::string(request.query("q").value_or("none")) + "|" +
                                  std::string(request.header("device-id")) + "|" +
                                  request.id().text());
       }},
      {Method::post, "/items", Plane::backend,
       [](const Request& request) {
         return Response{.status = 201,
                         .body = std::string(request.body()),
                         .headers = {{"Location", "/items/1"}, {"Cache-Control", "private"}}};
       }},
      {Method::del, "/items/:item", Plane::backend,
       [](const Request&) { return Response{.status = 204}; }},
      {Method::get, "/throws", Plane::backend,
       [](const Request&) -> Response { throw std::runtime_error("pan 6222020000000000"); }},
      {Method::get, "/throws-int", Plane::backend, [](const Request&) -> Response { throw 6222; }},
  };
}

std::string get(std::string_view target, std::string_view fields = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

std::string post_json(std::string_view body, std::string_view fields = {}) {
  return "POST /items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; charset=utf-8\r\n" +
         std::string(fields) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

TEST_CASE("handler: the handler sees parameter, decoded query, header and the echoed request id") {
  RunningServer server(routes());
  RawClient client(server.port());
  const auto answer = client.ask(get("/items/a1?q=x%20y", "Device-Id: dev_1\r\n"));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(answer->body == "a1|x y|dev_1|" + answer->field("Request-Id"));
  CHECK(answer->field("Content-Type") == "application/json");
  CHECK(answer->field("Cache-Control") == "no-store");
  CHECK(answer->field("X-Content-Type-Options") == "nosniff");
  CHECK(answer->field("Date").ends_with(" GMT"));
}

TEST_CASE("handler: a target in absolute form selects the path and query in it") {
  RunningServer server(routes());
  RawClient client(server.port());
  for (const std::string_view target :
       {"http://elsewhere.example:81/items/a1?q=x%20y", "HTTPS://[::1]/items/a1?q=x%20y"}) {
    const auto answer = client.ask(get(target));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(answer->body.starts_with("a1|x y|"));
  }
  const auto posted = client.ask(
      "POST http://x/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: 2\r\n\r\n{}");
  REQUIRE(posted.has_value());
  CHECK(posted->status == 201);
  CHECK(posted->body == "{}");
  CHECK(client.ask("GET http://x/items/1 HTTP/1.1\r\n\r\n")->has_code("bad_http"));
}

TEST_CASE("handler: the handler's own header fields win and a body of 64 KiB passes") {
  RunningServer server(routes());
  RawClient client(server.port());
  const std::string body(65536, ' ');
  const auto answer = client.ask(post_json(body));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 201);
  CHECK(answer->body == body);
  CHECK(answer->field("Cache-Control") == "private");
  CHECK(answer->field("Location") == "/items/1");
  CHECK(client.ask(post_json(""))->body.empty());
}

TEST_CASE("handler: a 204 has no body and no Content-Length") {
  RunningServer server(routes());
  RawClient client(server.port());
  const auto answer = client.ask("DELETE /items/1 HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(answer.has_value());
  CHECK(answer->status == 204);
  CHECK(answer->field("Content-Length").empty());
  CHECK(client.ask(get("/items/1"))->status == 200);
}

TEST_CASE("handler: Range and X-Forwarded-For change nothing") {
  RunningServer server(routes());
  RawClient client(server.port());
  const auto answer =
      client.ask(get("/items/1", "Range: bytes=0-1\r\nX-Forwarded-For: 10.0.0.1\r\n"));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(answer->body.starts_with("1|none||req_"));
}

TEST_CASE("handler: PUT and PATCH deliver their body on routes with parameters") {
  const auto echo = [](const Request& request) {
    return test::text_answer(std::string(request.param("item")) + std::string(request.body()));
  };
  RunningServer server({{Method::put, "/items/:item/name", Plane::backend, echo},
                        {Method::patch, "/items/:item", Plane::backend, echo}});
  RawClient client(server.port());
  const std::string rest =
      " HTTP/1.1\r\nHost: x\r\nContent-Type: Application/JSON\r\nContent-Length: 2\r\n\r\n{}";
  CHECK(client.ask("PUT /items/7/name" + rest)->body == "7{}");
  CHECK(client.ask("PATCH /items/8" + rest)->body == "8{}");
}

TEST_CASE("handler: a request inside an accepted body is not executed") {
  RunningServer server(routes());
  RawClient client(server.port());
  const std::string hidden = get("/throws");
  CHECK(client.ask(post_json(hidden))->body == hidden);
  CHECK(client.ask(get("/items/1"))->status == 200);
}

TEST_CASE("handler: a body causes no wait for a delayed acknowledgement") {
  RunningServer server(routes());
  RawClient client(server.port());
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 25; ++i) CHECK(client.ask(post_json("{}"))->status == 201);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}

TEST_CASE("handler: a body is wiped after the handler returns") {
  std::string_view seen;
  std::atomic<std::ptrdiff_t> left = -1;
  const auto remember = [&](const Request& request) {
    seen = request.body();
    return Response{};
  };
  RunningServer server(
      {{Method::post, "/items", Plane::backend, remember}}, {},
      [&](const Finished&) { left = std::ranges::count_if(seen, [](char c) { return c != 0; }); });
  RawClient client(server.port());
  CHECK(client.ask(post_json(std::string(30'000, '4')))->status == 200);
  CHECK(left == 0);
}

TEST_CASE("handler: an accepted request with Expect gets 100 Continue") {
  RunningServer server(routes());
  RawClient client(server.port());
  const std::string whole = post_json("{}", "Expect: 100-continue\r\n");
  client.send(whole.substr(0, whole.size() - 2));
  const auto interim = client.receive();
  REQUIRE(interim.has_value());
  CHECK(interim->status == 100);
  const auto answer = client.ask("{}");
  REQUIRE(answer.has_value());
  CHECK(answer->status == 201);
}

TEST_CASE("handler: pipelined requests are answered in order") {
  RunningServer server(routes());
  RawClient client(server.port());
  client.send(get("/items/1") + post_json(R"({"n":2})") + get("/items/3"));
  CHECK(client.receive()->body.starts_with("1|"));
  CHECK(client.receive()->body == R"({"n":2})");
  CHECK(client.receive()->body.starts_with("3|"));
}

TEST_CASE("handler: a client that asks for the close of its connection gets it") {
  RunningServer server(routes());
  for (const auto& request : {get("/items/1", "Connection: foo, Close\r\n"),
                              std::string("GET /items/1 HTTP/1.0\r\n\r\n")}) {
    RawClient client(server.port());
    const auto answer = client.ask(request);
    REQUIRE(answer.has_value());
    CHECK(answer->field("Connection") == "close");
    CHECK(client.ends());
  }
}

TEST_CASE("handler: an exception's text reaches neither client nor log") {
  const test::CapturedLog log(log::Level::debug);
  RunningServer server(routes());
  RawClient client(server.port());
  for (const auto* path : {"/throws", "/throws-int"}) {
    const auto answer = client.ask(get(path));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 500);
    CHECK(answer->has_code("internal"));
    CHECK_FALSE(answer->has("6222"));
    CHECK(log.text().find(answer->field("Request-Id")) != std::string::npos);
  }
  CHECK(log.text().find("runtime_error") != std::string::npos);
  CHECK(log.text().find("6222") == std::string::npos);
}

TEST_CASE("handler: the access log holds the route and nothing from the client") {
  const test::CapturedLog log(log::Level::debug);
  RunningServer server(routes());
  RawClient client(server.port());
  const auto answer = client.ask(get("/items/secret?q=secret", "Device-Id: secret\r\n"));
  REQUIRE(answer.has_value());
  CHECK(log.text().find("/items/:item") != std::string::npos);
  CHECK(log.text().find(answer->field("Request-Id")) != std::string::npos);
  CHECK(log.text().find("secret") == std::string::npos);
}

TEST_CASE(
    "handler: every answer is reported once with the method of its request, refusals included") {
  using Seen = std::vector<std::tuple<std::string, std::string, int>>;
  std::mutex mutex;
  Seen seen;
  RunningServer server(routes(), {}, [&](const Finished& finished) {
    const std::lock_guard lock(mutex);
    seen.emplace_back(finished.method, finished.route, finished.status);
  });
  RawClient client(server.port());
  client.ask(get("/items/1"));
  client.ask(get("/nowhere"));
  client.ask("DELETE /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
  client.ask("OPTIONS /items HTTP/1.1\r\nHost: x\r\n\r\n");
  client.ask("TRACE /items HTTP/1.1\r\nHost: x\r\n\r\n");
  client.ask("PATCH /items HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  client.ask("nonsense\r\n\r\n");
  RawClient(server.port()).ask("PUT /items HTTP/1.1\r\nHost: x\r\n\r\n");
  RawClient(server.port()).ask("POST /items HTTP/1.1\r\nHost: x\r\n\r\n");
  RawClient(server.port()).ask("POST /items HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n");
  server.stop();
  CHECK(seen == Seen{{"GET", "/items/:item", 200},
                     {"GET", "", 404},
                     {"DELETE", "", 404},
                     {"OPTIONS", "", 405},
                     {"other", "", 405},
                     {"PATCH", "", 405},
                     {"other", "", 400},
                     {"PUT", "", 405},
                     {"POST", "/items", 411},
                     {"POST", "", 431}});
}

TEST_CASE("handler: HEAD gets the answer of GET without the body") {
  RunningServer server(routes());
  const auto ask = [&](const std::string& method, const std::string& target) {
    RawClient client(server.port());
    client.send(method + ' ' + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(client.ends() == false);
    return client.unread();
  };
  // The request id is in the body and has the same length in every answer.
  for (const std::string target : {"/items/1?q=a", "/nowhere", "/throws"}) {
    const std::string whole = ask("GET", target);
    const std::string head = ask("HEAD", target);
    const auto end = whole.find("\r\n\r\n") + 4;
    const auto length = "Content-Length: " + std::to_string(whole.size() - end) + "\r\n";
    INFO(head);
    CHECK(whole.size() > end);
    CHECK(head.ends_with("\r\n\r\n"));
    CHECK(head.substr(0, 12) == whole.substr(0, 12));
    CHECK(head.find(length) != std::string::npos);
    CHECK(head.find("Accept-Ranges") == std::string::npos);
  }
}

}  // namespace
}  // namespace cardvault::api
