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

TEST_CASE("cors: a configured origin may read the front-end plane, without credentials") {
  Pages pages;
  const auto answer = pages.ask("GET /cards/1", "Origin: https://wallet.example\r\n");
  CHECK(answer.status == 200);
  CHECK(answer.field("Access-Control-Allow-Origin") == "https://wallet.example");
  CHECK(answer.field("Vary") == "Origin");
  CHECK(answer.field("Access-Control-Expose-Headers") ==
        "ETag, Request-Id, Retry-After, Location, Idempotent-Replayed");
  CHECK(answer.head.find("Allow-Credentials") == std::string::npos);
}

TEST_CASE("cors: another origin, and any origin on another plane, gets no permission") {
  Pages pages;
  for (const auto* origin : {"https://evil.example", "https://wallet.example.evil", "null", "*",
                             "http://wallet.example", "HTTPS://WALLET.EXAMPLE"}) {
    INFO(origin);
    CHECK_FALSE(
        mentions_cors(pages.ask("GET /cards/1", "Origin: " + std::string(origin) + "\r\n")));
  }
  const auto* const good = "Origin: https://wallet.example\r\n";
  CHECK_FALSE(mentions_cors(pages.ask("GET /cards/1", "")));
  CHECK_FALSE(mentions_cors(pages.ask("GET /wallets", good)));
  CHECK_FALSE(mentions_cors(pages.ask("DELETE /cards/1", good)));
  CHECK_FALSE(mentions_cors(pages.ask("GET /nowhere", good)));
}

TEST_CASE("cors: a preflight names what may be sent") {
  Pages pages;
  const auto answer = pages.ask("OPTIONS /cards/1",
                                "Origin: https://wallet.example\r\n"
                                "Access-Control-Request-Method: PATCH\r\n");
  CHECK(answer.status == 204);
  CHECK(answer.field("Access-Control-Allow-Origin") == "https://wallet.example");
  CHECK(answer.field("Access-Control-Allow-Methods") == "GET, PATCH");
  CHECK(answer.field("Access-Control-Allow-Headers") ==
        "Authorization, Device-Id, Content-Type, Idempotency-Key, If-None-Match");
  CHECK(answer.field("Access-Control-Max-Age") == "600");
  CHECK(answer.field("Vary") == "Origin");
}

TEST_CASE("cors: a preflight that is not allowed is an ordinary refusal") {
  Pages pages;
  const std::string good = "Origin: https://wallet.example\r\n";
  const std::string asks_get = "Access-Control-Request-Method: GET\r\n";
  CHECK(pages.ask("OPTIONS /cards/1", good).status == 405);
  CHECK(pages.ask("OPTIONS /cards/1", asks_get).status == 405);
  CHECK(pages.ask("OPTIONS /cards/1", "Origin: https://evil.example\r\n" + asks_get).status == 405);
  CHECK(pages.ask("OPTIONS /wallets", good + asks_get).status == 405);
  CHECK(pages.ask("OPTIONS /nowhere", good + asks_get).status == 404);
  const auto backend_method =
      pages.ask("OPTIONS /cards/1", good + "Access-Control-Request-Method: DELETE\r\n");
  CHECK(backend_method.status == 405);
  CHECK_FALSE(mentions_cors(backend_method));
}

TEST_CASE("cors: a refusal on the front-end plane can be read by the page") {
  Pages pages;
  const auto answer =
      pages.ask("GET /cards/1", "Origin: https://wallet.example\r\nContent-Length: 3\r\n");
  CHECK(answer.status == 400);
  CHECK(answer.field("Access-Control-Allow-Origin") == "https://wallet.example");
}

}  // namespace
}  // namespace cardvault::api
