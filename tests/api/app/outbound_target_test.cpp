#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdlib>

#include "tests/api/app/outbound_fixture.h"

namespace cardvault::test {
namespace {

std::string_view name(const CloseReply& reply) {
  return close_failure_name(reply.failure);
}

/// A gateway with its default options.
struct Guarded : Outbound {
  explicit Guarded(Resolver resolver) : Outbound(std::move(resolver), {}) {}
};

TEST_CASE("outbound target: by default every name of this machine is refused") {
  const std::string host = GENERATE("127.0.0.1", "127.0.0.2", "localhost", "[::1]", "0.0.0.0",
                                    "[::ffff:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[::]");
  CAPTURE(host);
  RawPeer peer([](RawConnection&) {});
  const CloseReply reply =
      Guarded(resolve_by_system).close(profile(url(peer.port(), host, "https")));
  CHECK(name(reply) == "target_refused");
  CHECK(reply.status == 0);
  CHECK(peer.connections() == 0);
}

TEST_CASE("outbound target: a name that resolves to this machine is refused and not called") {
  const auto addresses =
      GENERATE(std::vector<std::string>{"127.0.0.1"}, std::vector<std::string>{"::ffff:127.0.0.1"},
               std::vector<std::string>{"127.0.0.1", "8.8.8.8"});
  CAPTURE(addresses);
  RawPeer peer([](RawConnection&) {});
  const CloseReply reply =
      Guarded(always(addresses)).close(profile(url(peer.port(), "channel.test", "https")));
  CHECK(name(reply) == "target_refused");
  CHECK(peer.connections() == 0);
}

TEST_CASE("outbound target: a name is refused if any of its addresses is not public") {
  const auto addresses =
      GENERATE(std::vector<std::string>{"10.0.0.1"}, std::vector<std::string>{"169.254.169.254"},
               std::vector<std::string>{"fd00::1"}, std::vector<std::string>{"8.8.8.8", "10.0.0.1"},
               std::vector<std::string>{"8.8.8.8", "2606:4700::1111", "::1"});
  CAPTURE(addresses);
  ChannelProfile channel = profile("https://channel.test/");
  // A timeout of zero seconds: if the refusal were broken, this test would hardly send anything.
  channel.connect_timeout = Seconds(0);
  CHECK(name(Guarded(always(addresses)).close(channel)) == "target_refused");
  channel.timeout = Seconds(0);
  CHECK(name(Guarded(always({"8.8.8.8", "2606:4700::1111"})).close(channel)) == "timeout");
}

TEST_CASE("outbound target: by default plain http is refused before any look-up") {
  int look_ups = 0;
  RawPeer peer([](RawConnection&) {});
  Guarded guarded([&](const std::string& host) {
    ++look_ups;
    return this_machine(host);
  });
  CHECK(name(guarded.close(profile(url(peer.port(), "channel.test", "http")))) == "target_refused");
  CHECK(look_ups == 0);
  CHECK(peer.connections() == 0);
}

TEST_CASE("outbound target: a URL that the channel directory refuses is refused") {
  const std::string text = GENERATE("", "ftp://127.0.0.1/", "http://127.1/", "http://2130706433/",
                                    "http://user@127.0.0.1/", "http://127.0.0.1/\r\nX: y");
  CAPTURE(text);
  CHECK(name(Outbound().close(profile(text))) == "target_refused");
}

TEST_CASE("outbound target: a name without an address is resolve_failed") {
  const Resolver none = [](const std::string&) {
    return Result<std::vector<Address>>(fail(ErrorCode::internal, "no"));
  };
  CHECK(name(Guarded(none).close(profile("https://channel.test/"))) == "resolve_failed");
  CHECK(name(Guarded(always({})).close(profile("https://channel.test/"))) == "resolve_failed");
}

TEST_CASE(
    "outbound target: the connection goes to the address that was checked and not to a later one") {
  int look_ups = 0;
  const Resolver rebinding = [&](const std::string&) -> Result<std::vector<Address>> {
    const char* const address = ++look_ups == 1 ? "127.0.0.1" : "127.0.0.2";
    return std::vector{Address::parse(address).value()};
  };
  PlainPeer peer;
  std::vector<std::string> hosts;
  peer.answer([&](const httplib::Request& request, httplib::Response&) {
    hosts.push_back(request.get_header_value("Host"));
  });
  Outbound outbound(rebinding);
  CHECK(name(outbound.close(profile(url(peer.port, "channel.test")))) == "none");
  CHECK(look_ups == 1);
  CHECK(hosts == std::vector{"channel.test:" + std::to_string(peer.port)});
  // Nothing listens at 127.0.0.2. The kept connection to the first address must not be used for it.
  CHECK(name(outbound.close(profile(url(peer.port, "channel.test")))) == "connect_failed");
  CHECK(look_ups == 2);
  CHECK(peer.requests == 1);
}

TEST_CASE("outbound target: a name that turns private is refused") {
  int look_ups = 0;
  const Resolver rebinding = [&](const std::string&) -> Result<std::vector<Address>> {
    if (++look_ups == 1) return fail(ErrorCode::internal, "what was public is not called here");
    return this_machine({});
  };
  RawPeer peer([](RawConnection&) {});
  Guarded guarded(rebinding);
  const ChannelProfile channel = profile(url(peer.port(), "channel.test", "https"));
  CHECK(name(guarded.close(channel)) == "resolve_failed");
  CHECK(name(guarded.close(channel)) == "target_refused");
  CHECK(peer.connections() == 0);
}

TEST_CASE("outbound target: if an address does not answer the next one is tried") {
  PlainPeer peer;
  peer.answer([](const httplib::Request&, httplib::Response&) {});
  Outbound outbound(always({"127.0.0.3", "127.0.0.2", "127.0.0.1"}));
  CHECK(name(outbound.close(profile(url(peer.port, "channel.test")))) == "none");
  CHECK(peer.requests == 1);
}

TEST_CASE("outbound target: a look-up that outlasts the timeout leaves no connection attempt") {
  RawPeer peer([](RawConnection&) {});
  ChannelProfile channel = profile(url(peer.port(), "channel.test"));
  channel.timeout = Seconds(0);
  CHECK(name(Outbound().close(channel)) == "timeout");
  CHECK(peer.connections() == 0);
}

TEST_CASE("outbound target: proxies of the environment are ignored") {
  RawPeer proxy([](RawConnection&) {});
  const std::string address = "http://127.0.0.1:" + std::to_string(proxy.port());
  for (const char* const variable : {"http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"}) {
    ::setenv(variable, address.c_str(), 1);
  }
  PlainPeer peer;
  peer.answer([](const httplib::Request&, httplib::Response&) {});
  CHECK(name(Outbound().close(profile(url(peer.port)))) == "none");
  CHECK(peer.requests == 1);
  CHECK(proxy.connections() == 0);
  for (const char* const variable : {"http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"}) {
    ::unsetenv(variable);
  }
}

}  // namespace
}  // namespace cardvault::test
