#include <openssl/ssl.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/api/app/outbound_fixture.h"

namespace cardvault::test {
namespace {

using std::chrono::seconds;

std::string_view name(const CloseReply& reply) {
  return close_failure_name(reply.failure);
}

/// A TLS server of one identity that counts its requests.
struct Secured {
  explicit Secured(const std::string& alternative_names)
      : identity(alternative_names), peer(identity.setup()) {
    peer.answer([](const httplib::Request&, httplib::Response& response) {
      response.set_content("closed", "text/plain");
    });
  }

  [[nodiscard]] ChannelProfile channel(const std::string& host, const std::string& ca_file) const {
    ChannelProfile made = profile(url(peer.port, host, "https"));
    made.ca_file = ca_file;
    return made;
  }

  Identity identity;
  TlsPeer peer;
};

TEST_CASE("outbound TLS: a certificate of an unknown authority is tls_failed") {
  Secured secured("DNS:channel.test");
  const CloseReply reply = Outbound().close(secured.channel("channel.test", ""));
  CHECK(name(reply) == "tls_failed");
  CHECK(reply.status == 0);
  CHECK(secured.peer.requests == 0);
}

TEST_CASE("outbound TLS: a certificate is accepted if ca_file is its authority") {
  const Folder folder;
  Secured secured("DNS:channel.test");
  const CloseReply reply =
      Outbound().close(secured.channel("channel.test", secured.identity.save(folder)));
  CHECK(name(reply) == "none");
  CHECK(reply.status == 200);
  CHECK(reply.acknowledgement == sha256(as_bytes("closed")));
}

TEST_CASE("outbound TLS: ca_file replaces the system's authorities for that channel only") {
  const Folder folder;
  Secured secured("DNS:channel.test");
  Secured other("DNS:channel.test");
  const std::string authority = secured.identity.save(folder);
  Outbound outbound;
  CHECK(name(outbound.close(secured.channel("channel.test", authority))) == "none");
  CHECK(name(outbound.close(other.channel("channel.test", authority))) == "tls_failed");
  CHECK(name(outbound.close(secured.channel("channel.test", ""))) == "tls_failed");
  CHECK(secured.peer.requests == 1);
  CHECK(other.peer.requests == 0);
}

TEST_CASE("outbound TLS: a certificate for another name is tls_failed") {
  const auto [names, host] = GENERATE(table<std::string, std::string>({
      {"DNS:other.test", "channel.test"},
      {"DNS:*.test.example", "channel.test"},
      {"DNS:ch*.test", "channel.test"},
      {"DNS:channel.test", "a.channel.test"},
      {"DNS:channel.test", "127.0.0.1"},
      {"DNS:127.0.0.1", "127.0.0.1"},
      {"IP:127.0.0.2", "127.0.0.1"},
      {"IP:127.0.0.1", "channel.test"},
  }));
  CAPTURE(names, host);
  const Folder folder;
  Secured secured(names);
  CHECK(name(Outbound().close(secured.channel(host, secured.identity.save(folder)))) ==
        "tls_failed");
  CHECK(secured.peer.requests == 0);
}

TEST_CASE(
    "outbound TLS: a certificate may name the address, a whole domain or one of several names") {
  const auto [names, host] = GENERATE(table<std::string, std::string>({
      {"IP:127.0.0.1", "127.0.0.1"},
      {"DNS:*.channel.test", "a.channel.test"},
      {"DNS:other.test,DNS:channel.test", "Channel.Test"},
  }));
  CAPTURE(names, host);
  const Folder folder;
  Secured secured(names);
  CHECK(name(Outbound().close(secured.channel(host, secured.identity.save(folder)))) == "none");
}

TEST_CASE("outbound TLS: the server name indication is the host of the URL") {
  const Folder folder;
  const Identity identity("DNS:channel.test");
  std::string seen;
  TlsPeer peer([&](httplib::tls::ctx_t context) {
    auto* const ssl = static_cast<SSL_CTX*>(context);
    ::SSL_CTX_callback_ctrl(ssl, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                            reinterpret_cast<void (*)()>(+[](SSL* session, int*, void* out) {
                              *static_cast<std::string*>(out) =
                                  ::SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
                              return SSL_TLSEXT_ERR_OK;
                            }));
    ::SSL_CTX_ctrl(ssl, SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, &seen);
    return identity.setup()(context);
  });
  peer.answer([](const httplib::Request&, httplib::Response&) {});
  ChannelProfile channel = profile(url(peer.port, "channel.test", "https"));
  channel.ca_file = identity.save(folder);
  CHECK(name(Outbound().close(channel)) == "none");
  CHECK(seen == "channel.test");
}

TEST_CASE("outbound TLS: a ca_file that is missing or has no certificate is tls_failed") {
  const Folder folder;
  const std::string empty = folder.path / "empty.pem";
  std::fclose(std::fopen(empty.c_str(), "w"));
  Secured secured("DNS:channel.test");
  Outbound outbound;
  const std::string missing = folder.path / "authority.pem";
  CHECK(name(outbound.close(secured.channel("channel.test", empty))) == "tls_failed");
  CHECK(name(outbound.close(secured.channel("channel.test", missing))) == "tls_failed");
  CHECK(secured.identity.save(folder) == missing);
  CHECK(name(outbound.close(secured.channel("channel.test", missing))) == "none");
}

TEST_CASE("outbound TLS: a peer without TLS is tls_failed and gets no request") {
  std::string seen;
  RawPeer peer([&](RawConnection& connection) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    seen = connection.request();
  });
  const CloseReply reply = Outbound().close(profile(url(peer.port(), "channel.test", "https")));
  CHECK(name(reply) == "tls_failed");
  CHECK(seen.empty());
}

TEST_CASE("outbound TLS: a connection that ends during the handshake is tls_failed") {
  RawPeer peer([](RawConnection&) {});
  CHECK(name(Outbound().close(profile(url(peer.port(), "channel.test", "https")))) == "tls_failed");
}

TEST_CASE("outbound TLS: a stalled or dripping handshake ends after connect_timeout") {
  const bool drips = GENERATE(false, true);
  RawPeer peer([&](RawConnection& connection) {
    if (drips) {
      // A handshake record of 16 KiB, sent byte by byte.
      connection.drip(std::string_view("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", 9), "x");
    } else {
      connection.outlast();
    }
  });
  ChannelProfile channel = profile(url(peer.port(), "channel.test", "https"));
  channel.connect_timeout = Seconds(1);
  channel.timeout = Seconds(60);
  CloseReply reply;
  const auto took = time_of([&] { reply = Outbound().close(channel); });
  CHECK(name(reply) == "timeout");
  CHECK(took >= seconds(1));
  CHECK(took < seconds(6));
}

}  // namespace
}  // namespace cardvault::test
