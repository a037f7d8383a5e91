#include "net/server/route_table.h"

#include <catch2/catch_test_macros.hpp>

namespace cardvault::api {
namespace {

Route route(Method method, std::string pattern, Plane plane = Plane::backend) {
  return {.method = method, .pattern = std::move(pattern), .plane = plane, .handler = {}};
}

RouteTable example() {
  auto table = RouteTable::compile({
      route(Method::get, "/v1/cards", Plane::front_end),
      route(Method::get, "/v1/cards/:card", Plane::front_end),
      route(Method::patch, "/v1/cards/:card", Plane::front_end),
      route(Method::get, "/v1/cards/summary/all"),
      route(Method::post, "/v1/wallets/:wallet/cards/:card/deregistrations"),
      route(Method::get, "/v1/wallets/:w/cards"),
  });
  REQUIRE(table.has_value());
  return *std::move(table);
}

TEST_CASE("routes: parameters have the names of their own route") {
  const auto table = example();
  std::vector<std::string_view> values;
  const auto* place = table.find("/v1/wallets/wal_1/cards/crd_2/deregistrations", values);
  REQUIRE(place != nullptr);
  const auto match = RouteTable::match(*place->route(Method::post), values);
  CHECK(match.param("wallet") == "wal_1");
  CHECK(match.param("card") == "crd_2");
  CHECK(match.param("w").empty());
}

TEST_CASE("routes: a literal segment does not hide the parameter beside it") {
  const auto table = example();
  std::vector<std::string_view> values;
  const auto* place = table.find("/v1/cards/summary", values);
  REQUIRE(place != nullptr);
  CHECK(place->route(Method::get)->pattern == "/v1/cards/:card");
  CHECK(values == std::vector<std::string_view>{"summary"});
}

TEST_CASE("routes: paths that nearly match have no route") {
  const auto table = example();
  std::vector<std::string_view> values;
  for (const auto* path : {"", "/", "/v1", "/v1/cards/", "/v1/cards//", "//v1/cards", "/v1/cardsx",
                           "/v1/cards/a/b", "/v1/wallets//cards", "/V1/cards", "/v1/%63ards"}) {
    INFO(path);
    CHECK(table.find(path, values) == nullptr);
  }
}

TEST_CASE("routes: a path lists its methods in total and per plane") {
  const auto table = RouteTable::compile({route(Method::get, "/a", Plane::front_end),
                                          route(Method::post, "/a", Plane::backend),
                                          route(Method::del, "/a", Plane::front_end)});
  REQUIRE(table.has_value());
  std::vector<std::string_view> values;
  CHECK(table->find("/a", values)->allow() == "GET, HEAD, POST, DELETE");
  CHECK(table->find("/a", values)->allow(Plane::front_end) == "GET, HEAD, DELETE");
}

TEST_CASE("routes: a contradictory table does not compile") {
  CHECK_FALSE(RouteTable::compile({route(Method::get, "/a/:x"), route(Method::get, "/a/:y")}));
  CHECK_FALSE(RouteTable::compile({route(Method::get, "a")}));
}

}  // namespace
}  // namespace cardvault::api
