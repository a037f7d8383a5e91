#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/redis/location.h"

namespace cardvault::test {
namespace {

RedisLocation parsed(std::string_view url) {
  return must(RedisLocation::parse(url));
}

TEST_CASE("a store URL names one server with a default port") {
  const auto plain = parsed("redis://cache.example");
  CHECK_FALSE(plain.tls);
  CHECK_FALSE(plain.cluster);
  CHECK(plain.seeds == std::vector<RedisAddress>{{"cache.example", 6379}});
  CHECK(plain.user.empty());
  CHECK(plain.password.size() == 0);
  CHECK(parsed("rediss://127.0.0.1:7001/0").tls);
  CHECK(parsed("redis://[::1]:7001/").seeds == std::vector<RedisAddress>{{"::1", 7001}});
  CHECK(parsed("redis://[::1]:7001/").seeds.front().text() == "[::1]:7001");
}

TEST_CASE("a store URL names cluster members") {
  const auto cluster = parsed("redis+cluster://a:7000,b,c:7002");
  CHECK(cluster.cluster);
  CHECK(cluster.seeds == std::vector<RedisAddress>{{"a", 7000}, {"b", 6379}, {"c", 7002}});
  CHECK(parsed("rediss+cluster://a").tls);
}

TEST_CASE("user and password of a store URL are percent-decoded") {
  const auto both = parsed("redis://va%40ult:p%3Aa%2fs@host");
  CHECK(both.user == "va@ult");
  CHECK(both.password.expose() == "p:a/s");
  CHECK(parsed("redis://vault@host").user == "vault");
  CHECK(parsed("redis://:secret@host").user.empty());
  CHECK(parsed("redis://:secret@host").password.expose() == "secret");
}

TEST_CASE("a malformed store URL is refused without being repeated") {
  const auto url =
      GENERATE(as<std::string>{}, "", "redis", "http://s3cret@host", "redis://",
               "redis://u:s3cret@", "redis://u:s3cret@host:", "redis://u:s3cret@host:0",
               "redis://u:s3cret@host:65536", "redis://u:s3cret@host:1x", "redis://u:s3cret@host/1",
               "redis://u:s3cret%4@host", "redis://u:s3cret%zz@host", "redis://u:s3cret@a,b",
               "redis+cluster://u:s3cret@a,,b", "redis://u:s3cret@ho st", "redis://u:s3cret@[::1",
               "redis://u:s3cret@[::1]7000", "redis://u:s3cret@host?db=1", "sqlite:s3cret");
  CAPTURE(url);
  const auto refused = RedisLocation::parse(url);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::invalid_request);
  CHECK(refused.error().detail.find("s3cret") == std::string::npos);
  CHECK(refused.error().inside.text.find("s3cret") == std::string::npos);
}

}  // namespace
}  // namespace cardvault::test
