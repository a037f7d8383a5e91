#include "base/url.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

namespace cardvault::test {

TEST_CASE("url: scheme, host, port and target are parsed") {
  const auto url = Url::parse("https://Channel.Example:8443/close/v1?tenant=7&x=%20");
  REQUIRE(url.has_value());
  CHECK(url->tls);
  CHECK(url->host == "channel.example");
  CHECK(url->port == 8443);
  CHECK(url->target == "/close/v1?tenant=7&x=%20");
  CHECK(url->authority() == "channel.example:8443");
}

TEST_CASE("url: missing parts have defaults") {
  const auto plain = Url::parse("http://a");
  REQUIRE(plain.has_value());
  CHECK_FALSE(plain->tls);
  CHECK(plain->port == 80);
  CHECK(plain->target == "/");
  CHECK(plain->authority() == "a");
  const auto secure = Url::parse("https://a?q");
  REQUIRE(secure.has_value());
  CHECK(secure->port == 443);
  CHECK(secure->target == "/?q");
  CHECK(secure->authority() == "a");
  CHECK(Url::parse("http://a:443/").value().authority() == "a:443");
  CHECK(Url::parse("https://a:443/").value().authority() == "a");
}

TEST_CASE("url: an IPv6 host has brackets only in the authority") {
  const auto url = Url::parse("https://[2001:DB8::1]:8443/");
  REQUIRE(url.has_value());
  CHECK(url->host == "2001:db8::1");
  CHECK(url->authority() == "[2001:db8::1]:8443");
}

TEST_CASE("url: unambiguous hosts are accepted") {
  const std::string host = GENERATE("localhost", "a.b.c", "x--1.example", "_service.example", "1a",
                                    "0xfg", "1.2.3.4", "255.255.255.255", "9.example", "[::1]");
  CAPTURE(host);
  CHECK(Url::parse("https://" + host + "/").has_value());
}

TEST_CASE("url: a host in an unusual notation is refused, especially numbers that reach loopback") {
  const std::string host = GENERATE(
      as<std::string>(), "127.1", "2130706433", "0x7f.1", "0x7f000001", "0X7F.0.0.1", "0177.0.0.1",
      "127.0.0.01", "1.2.3", "1.2.3.4.5", "1.2.3.256", "example.1", "example.0x1", "example.0x", "",
      ".", "a.", ".a", "a..b", "-a", "a-", "a b", "a%2eb", "ex\xc3\xa4mple", "a\\b", "a_b.\t",
      "[::1", "::1", "[::1%25eth0]", "[fe80::1%eth0]", "[1.2.3.4]", "[]", "[::1]x", "a[::1]",
      "[::g]", std::string(64, 'a'), std::string("127.0.0.1\0", 10));
  CAPTURE(host);
  const auto url = Url::parse("https://" + host + "/");
  REQUIRE_FALSE(url.has_value());
  CHECK(url.error().code == ErrorCode::invalid_request);
}

TEST_CASE(
    "url: other schemes, users, fragments, ports and raw characters are refused with the reason") {
  const auto [text, why] = GENERATE(table<std::string, std::string>({
      {"", "http"},
      {"ftp://a/", "http"},
      {"HTTP://a/", "http"},
      {"//a/", "http"},
      {"http:/a", "http"},
      {"file:///etc/passwd", "http"},
      {"http://user@a/", "user information"},
      {"http://user:secret@a/", "user information"},
      {"http://good.example@169.254.169.254/", "user information"},
      {"http://a/#b", "fragment"},
      {"http://a#@b/", "fragment"},
      {"http://a:/", "port"},
      {"http://a:0/", "port"},
      {"http://a:65536/", "port"},
      {"http://a:8x/", "port"},
      {"http://a:+8/", "port"},
      {"http://a:80:80/", "port"},
      {"http://a/b c", "percent-encoded"},
      {"http://a/b\r\nHost: c", "percent-encoded"},
      {"http://a/b\\c", "percent-encoded"},
      {"http://a/%", "percent-encoded"},
      {"http://a/%4", "percent-encoded"},
      {"http://a/%zz", "percent-encoded"},
      {"http://a/\xe5\x8d\xa1", "percent-encoded"},
      {"http://a/" + std::string(2048, 'b'), "2048"},
  }));
  CAPTURE(text);
  const auto url = Url::parse(text);
  REQUIRE_FALSE(url.has_value());
  CHECK(url.error().code == ErrorCode::invalid_request);
  CHECK(url.error().detail.contains(why));
}

}  // namespace cardvault::test
