#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstring>
#include <string>

#include "net/client/address.h"

namespace cardvault::api {
namespace {

Address address(const std::string& text) {
  const auto parsed = Address::parse(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

TEST_CASE("address: both ends of every special IPv4 block are not public") {
  const std::string text = GENERATE(
      "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
      "127.0.0.0", "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254",
      "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.0",
      "192.0.2.255", "192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255", "198.18.0.0",
      "198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255",
      "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255");
  CAPTURE(text);
  CHECK_FALSE(address(text).is_public());
}

TEST_CASE("address: the neighbours of every special IPv4 block are public") {
  const std::string text = GENERATE(
      "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
      "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
      "191.255.255.255", "192.0.1.0", "192.0.1.255", "192.0.3.0", "192.88.98.255", "192.88.100.0",
      "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255",
      "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255", "8.8.8.8");
  CAPTURE(text);
  CHECK(address(text).is_public());
}

TEST_CASE("address: both ends of every special IPv6 block are not public") {
  const std::string text = GENERATE(
      "::", "::1", "::127.0.0.1", "::8.8.8.8", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
      "100::", "100::ffff:ffff:ffff:ffff", "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
      "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "5f00::", "5f00:ffff::1",
      "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::1", "febf::1", "fec0::1",
      "feff::1", "ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  CAPTURE(text);
  CHECK_FALSE(address(text).is_public());
}

TEST_CASE("address: unallocated IPv6 addresses are not public") {
  const std::string text = GENERATE("1::1", "101::1", "1fff::1", "4000::1", "8000::1", "e000::1");
  CAPTURE(text);
  CHECK_FALSE(address(text).is_public());
}

TEST_CASE("address: the neighbours of the special blocks within global unicast are public") {
  const std::string text = GENERATE("2001:200::", "2001:db7:ffff::1", "2001:db9::", "2003::1",
                                    "2606:4700::1111", "3ffe:ffff::1", "3fff:1000::", "2a00::1");
  CAPTURE(text);
  CHECK(address(text).is_public());
}

TEST_CASE("address: an IPv6 address that carries an IPv4 address is as public as that address") {
  const auto [text, is_public] = GENERATE(table<std::string, bool>({
      {"::ffff:8.8.8.8", true},
      {"::ffff:127.0.0.1", false},
      {"::ffff:10.0.0.1", false},
      {"::ffff:169.254.169.254", false},
      {"64:ff9b::8.8.8.8", true},
      {"64:ff9b::127.0.0.1", false},
      {"64:ff9b::192.168.0.1", false},
      {"2002:808:808::1", true},
      {"2002:7f00:1::1", false},
      {"2002:a00:1::", false},
      {"2002:a9fe:a9fe::", false},
  }));
  CAPTURE(text);
  CHECK(address(text).is_public() == is_public);
}

TEST_CASE("address: only the plain notations are parsed") {
  const std::string text =
      GENERATE("", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "127.0.0.1 ", " 127.0.0.1",
               "127.0.0.1.", "[::1]", "::1%lo", "localhost", "1.2.3.4/8", "::g");
  CAPTURE(text);
  CHECK_FALSE(Address::parse(text).has_value());
  CHECK_FALSE(Address::parse(std::string_view("127.0.0.1\0", 10)).has_value());
}

TEST_CASE("address: the system resolver finds this machine and fails for an unknown name") {
  const auto found = resolve_by_system("localhost");
  REQUIRE(found.has_value());
  REQUIRE_FALSE(found->empty());
  for (const Address& one : *found) CHECK_FALSE(one.is_public());
  const auto literal = resolve_by_system("127.0.0.1");
  REQUIRE(literal.has_value());
  CHECK(literal->front() == address("127.0.0.1"));
  const auto none = resolve_by_system(std::string(300, 'a'));
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().code == ErrorCode::internal);
  CHECK_FALSE(none.error().inside.text.empty());
}

}  // namespace
}  // namespace cardvault::api
