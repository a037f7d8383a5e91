#include "sandbox/options.h"

#include <catch2/catch_test_macros.hpp>

#include "sandbox/vault_link.h"

namespace cardvault::sandbox {
namespace {

TEST_CASE("listen address: a host and a port are accepted and IPv6 needs brackets") {
  Settings settings;
  REQUIRE(parse_listen("127.0.0.1:8090", settings));
  CHECK(settings.host == "127.0.0.1");
  CHECK(settings.port == 8090);
  REQUIRE(parse_listen("[::1]:0", settings));
  CHECK(settings.host == "::1");
  CHECK(settings.port == 0);
}

TEST_CASE("listen address: malformed addresses are refused") {
  Settings settings;
  for (const char* text :
       {"", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:80x", "127.0.0.1:-1"}) {
    INFO(text);
    CHECK_FALSE(parse_listen(text, settings));
  }
}

TEST_CASE("vault address: a scheme and a host are accepted and a final slash is removed") {
  CHECK(parse_vault_url("http://127.0.0.1:8080") == "http://127.0.0.1:8080");
  CHECK(parse_vault_url("https://vault.example/") == "https://vault.example");
}

TEST_CASE("vault address: malformed addresses are refused") {
  for (const char* text : {"", "http://", "127.0.0.1:8080", "ftp://vault", "http://vault/v1",
                           "http://vault?x", "http://user@vault", "http://va ult"}) {
    INFO(text);
    CHECK_FALSE(parse_vault_url(text));
  }
}

}  // namespace
}  // namespace cardvault::sandbox
