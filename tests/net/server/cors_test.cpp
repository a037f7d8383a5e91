#include "net/server/cors.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/raw_http.h"
#include "tests/support/running_server.h"

namespace cardvault::api {
namespace {

using test::RawAnswer;
using test::RawClient;

struct Pages {
  test::RunningServer server{
      [] {
        const auto answer = [](const Request&) { return test::text_answer("{}"); };
        return std::vector<Route>{{Method::get, "/cards/:card", Plane::front_end, answer},
                                  {Method::patch, "/cards/:card", Plane::front_end, answer},
                                  {Method::del, "/cards/:card", Plane::backend, answer},
                                  {Method::get, "/wallets", Plane::backend, answer}};
      }(),
      ServerOptions{.cors_origins = {"https://wallet.example"}}};
  RawClient client{server.port()};

  RawAnswer ask(std::string_view line, std::string_view fields) {
    const auto answer =
        client.ask(std::string(line) + " HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n");
    REQUIRE(answer.has_value());
    return *answer;
  }
};

bool mentions_cors(const RawAnswer& answer) {
  return answer.head.find("Access-Control") != std::string::npos;
}

TEST_CASE("cors: a configured origin may read the front-end plane without credentials") {
  Pages pages;
  const auto answer = pages.ask("GET /cards/1", "Origin: https://wallet.example\r\n");
  CHECK(answer.status == 200);
  CHECK(answer.field("Access-Control-Allow-Origin") == "https://wallet.example");
  CHECK(answer.field("Vary") == "Authorization, Device-Id, Origin");
  CHECK(answer.field("Access-Control-Expose-Headers") ==
        "ETag, Request-Id, Retry-After, Location, Idempotent-Replayed");
  CHECK(answer.head.find("Allow-Credentials") == std::string::npos);
}

TEST_CASE("cors: another origin gets no permission and Vary names Origin") {
  Pages pages;
  for (const auto* origin : {"https://evil.example", "https://wallet.example.evil", "null", "*",
                             "http://wallet.example", "HTTPS://WALLET.EXAMPLE"}) {
    INFO(origin);
    CHECK_FALSE(
        mentions_cors(pages.ask("GET /cards/1", "Origin: " + std::string(origin) + "\r\n")));
  }
  const auto answer = pages.ask("GET /cards/1", "");
  CHECK_FALSE(mentions_cors(answer));
  CHECK(answer.field("Vary") == "Authorization, Device-Id, Origin");
}

TEST_CASE("cors: a configured origin can read every answer, refusals included") {
  Pages pages;
  const auto check_readable = [&](std::string_view line, std::string_view fields, int status) {
    INFO(line << ' ' << fields);
    RawClient fresh(pages.server.port());
    const auto answer =
        fresh.ask(std::string(line) + " HTTP/1.1\r\nHost: x\r\nOrigin: https://wallet.example\r\n" +
                  std::string(fields) + "\r\n");
    REQUIRE(answer.has_value());
    CHECK(answer->status == status);
    CHECK(answer->field("Access-Control-Allow-Origin") == "https://wallet.example");
    CHECK(answer->field("Access-Control-Expose-Headers").find("Retry-After") != std::string::npos);
    CHECK(answer->field("Cache-Control") == "no-store");
  };
  check_readable("GET /wallets", "", 200);
  check_readable("DELETE /cards/1", "", 200);
  check_readable("GET /nowhere", "", 404);
  check_readable("POST /cards/1", "Content-Length: 0\r\n", 405);
  check_readable("TRACE /cards/1", "", 405);
  check_readable("PATCH /cards/1", "", 411);
  check_readable("PATCH /cards/1", "Content-Length: 70000\r\nContent-Type: application/json\r\n",
                 413);
  check_readable("PATCH /cards/1", "Content-Length: 2\r\nContent-Type: text/plain\r\n", 415);
  check_readable("PATCH /cards/1", "Transfer-Encoding: chunked\r\n", 400);
  check_readable("GET /cards/1", "Device-Id: a\r\nDevice-Id: b\r\n", 400);
  check_readable("GET /cards/1", "X: " + std::string(9000, 'x') + "\r\n", 431);
  check_readable("GET /cards/" + std::string(9000, 'x'), "", 414);
}

TEST_CASE("cors: a preflight answer names the allowed methods and header fields") {
  Pages pages;
  const auto answer = pages.ask("OPTIONS /cards/1",
                                "Origin: https://wallet.example\r\n"
                                "Access-Control-Request-Method: PATCH\r\n");
  CHECK(answer.status == 204);
  CHECK(answer.field("Access-Control-Allow-Origin") == "https://wallet.example");
  CHECK(answer.field("Access-Control-Allow-Methods") == "GET, HEAD, PATCH");
  CHECK(answer.field("Access-Control-Allow-Headers") ==
        "Authorization, Device-Id, Content-Type, Idempotency-Key, If-None-Match");
  CHECK(answer.field("Access-Control-Max-Age") == "600");
  CHECK(answer.field("Vary") == "Authorization, Device-Id, Origin");
}

TEST_CASE("cors: a preflight that is not allowed gets 405") {
  Pages pages;
  const std::string good = "Origin: https://wallet.example\r\n";
  const std::string asks_get = "Access-Control-Request-Method: GET\r\n";
  CHECK(pages.ask("OPTIONS /cards/1", good).status == 405);
  CHECK(pages.ask("OPTIONS /cards/1", asks_get).status == 405);
  CHECK(pages.ask("OPTIONS /cards/1", "Origin: https://evil.example\r\n" + asks_get).status == 405);
  CHECK(pages.ask("OPTIONS /wallets", good + asks_get).status == 405);
  CHECK(pages.ask("OPTIONS /wallets", good + "Access-Control-Request-Method: PUT\r\n").status ==
        405);
  CHECK(pages.ask("OPTIONS /cards/1", good + "Access-Control-Request-Method: BREW\r\n").status ==
        405);
  const auto backend_method =
      pages.ask("OPTIONS /cards/1", good + "Access-Control-Request-Method: DELETE\r\n");
  CHECK(backend_method.status == 405);
  CHECK(backend_method.field("Access-Control-Allow-Methods").empty());
}

TEST_CASE("cors: a preflight for a missing route passes so that the page can read the refusal") {
  Pages pages;
  const std::string good = "Origin: https://wallet.example\r\nAccess-Control-Request-Method: ";
  const auto methods = [&](std::string_view line, std::string_view method) {
    const auto answer = pages.ask(line, good + std::string(method) + "\r\n");
    CHECK(answer.status == 204);
    return answer.field("Access-Control-Allow-Methods");
  };
  CHECK(methods("OPTIONS /nowhere", "PATCH") == "PATCH");
  CHECK(methods("OPTIONS /cards/1", "POST") == "GET, HEAD, PATCH, POST");
  CHECK(methods("OPTIONS /cards/1", "HEAD") == "GET, HEAD, PATCH");
}

TEST_CASE("cors: a configured origin can read a refusal on the front-end plane") {
  Pages pages;
  const auto answer =
      pages.ask("GET /cards/1", "Origin: https://wallet.example\r\nContent-Length: 3\r\n");
  CHECK(answer.status == 400);
  CHECK(answer.field("Access-Control-Allow-Origin") == "https://wallet.example");
}

TEST_CASE("origin: every form that browsers send is accepted") {
  for (const char* origin :
       {"https://wallet.example", "http://localhost:8090", "http://127.0.0.1:3000",
        "https://[::1]:8443", "https://a-b.c_d.example:1", "https://xn--fiq228c.example",
        "capacitor://localhost", "http://wallet.example:443", "https://wallet.example:80",
        "https://a.example:65535"}) {
    INFO(origin);
    CHECK(unlike_an_origin(origin).empty());
  }
}

TEST_CASE("origin: a form that no browser sends is refused and the error shows the expected form") {
  const std::vector<std::pair<std::string, std::string>> refused{
      {"https://wallet.example/", "https://wallet.example"},
      {"https://wallet.example/cards?x", "https://wallet.example"},
      {"https://wallet.example:443", "https://wallet.example"},
      {"http://wallet.example:80/", "http://wallet.example"},
      {"HTTPS://Wallet.Example", "https://wallet.example"},
      {"wallet.example", "https://wallet.example"},
      {"localhost:8090", "https://localhost:8090"}};
  for (const auto& [origin, meant] : refused) {
    INFO(origin);
    CHECK(unlike_an_origin(origin).ends_with(", for example " + meant));
  }
  for (const char* origin :
       {"*", "https://*", "https://*.wallet.example", "null", "", "https://", "://a",
        "https://a:b@c.example", "https://a.example:0443", "https://a.example:65536",
        "https://a.example:", "https://a b", "https://\xe4\xb8\xad.example", "https://127.1",
        "https://[0:0::1]", "https://1.2.3.256", "https://a..b", "file://",
        "https://a.example,https://b.example"}) {
    INFO(origin);
    CHECK(unlike_an_origin(origin).contains("scheme://host"));
  }
}

}  // namespace
}  // namespace cardvault::api
