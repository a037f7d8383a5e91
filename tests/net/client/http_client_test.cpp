#include "net/client/http_client.h"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <latch>
#include <optional>
#include <thread>

#include "tests/support/http_peers.h"

namespace cardvault::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

HttpCall call_to(std::uint16_t port, const std::string& target = "/",
                 const std::string& host = "127.0.0.1", const std::string& scheme = "http") {
  const std::string text = scheme + "://" + host + ":" + std::to_string(port) + target;
  return {.url = Url::parse(text).value(),
          .connect_timeout = seconds(10),
          .deadline = std::chrono::steady_clock::now() + seconds(20)};
}

std::string_view name(const HttpReply& reply) {
  return net_failure_name(reply.failure);
}

TEST_CASE("http client: each method is sent as named, with or without a body") {
  const auto [method, body] = GENERATE(table<std::string, std::string>({
      {"GET", ""},
      {"POST", ""},
      {"POST", "one"},
      {"PUT", ""},
      {"PUT", "two"},
      {"PATCH", "three"},
      {"DELETE", ""},
  }));
  CAPTURE(method, body);
  std::string seen;
  RawPeer peer([&](RawConnection& connection) {
    seen = connection.request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  HttpCall call = call_to(peer.port(), "/a?b=c");
  call.method = method;
  call.body = body;
  HttpClient client({});
  CHECK(name(client.send(call)) == "none");
  CHECK(seen.starts_with(method + " /a?b=c HTTP/1.1\r\n"));
  CHECK(seen.ends_with("\r\n\r\n" + body));
  const bool has_length = method == "POST" || method == "PUT" || method == "PATCH";
  CHECK(seen.contains("Content-Length: " + std::to_string(body.size())) == has_length);
}

TEST_CASE("http client: the header fields of an answer are found in any case") {
  RawPeer peer([](RawConnection& connection) {
    connection.request();
    connection.send(
        "HTTP/1.1 103 Early Hints\r\nETag: early\r\n\r\n"
        "HTTP/1.1 200 OK\r\netag:  \"x\" \r\nContent-Length: 0\r\n\r\n");
  });
  HttpClient client({});
  const HttpReply reply = client.send(call_to(peer.port()));
  CHECK(name(reply) == "none");
  CHECK(reply.field("ETag") == "\"x\"");
  CHECK(reply.field("Age").empty());
}

TEST_CASE("http client: the body of a failure is read on request and of a redirect never") {
  const auto [status, wanted, body] = GENERATE(table<int, BodyOf, std::string>({
      {404, BodyOf::any_but_3xx, "why"},
      {404, BodyOf::success, ""},
      {302, BodyOf::any_but_3xx, ""},
  }));
  CAPTURE(status);
  RawPeer peer([status = status](RawConnection& connection) {
    connection.request();
    connection.send("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 3\r\n\r\nwhy");
  });
  HttpCall call = call_to(peer.port());
  call.wanted = wanted;
  HttpClient client({});
  const HttpReply reply = client.send(call);
  CHECK(name(reply) == (status == 302 ? "redirected" : "http_status"));
  CHECK(reply.status == status);
  CHECK(reply.body == body);
}

TEST_CASE("http client: each call sets its own body limit") {
  const std::size_t size = GENERATE(as<std::size_t>(), 200'000, 200'001);
  RawPeer peer([size](RawConnection& connection) {
    connection.request();
    connection.send("HTTP/1.1 200 OK\r\n\r\n" + std::string(size, 'x'));
  });
  HttpCall call = call_to(peer.port());
  call.most_body = 200'000;
  HttpClient client({});
  const HttpReply reply = client.send(call);
  CHECK(name(reply) == (size == 200'000 ? "none" : "response_too_large"));
  CHECK(reply.body.size() == (size == 200'000 ? size : 0));
}

TEST_CASE("http client: a silent name server delays a call only up to its deadline") {
  const auto answers = std::make_shared<std::latch>(1);
  HttpClient client({.resolver = [answers](const std::string& host) {
    answers->wait();
    return this_machine(host);
  }});
  RawPeer peer([](RawConnection&) {});
  HttpCall call = call_to(peer.port(), "/", "channel.test");
  call.deadline = std::chrono::steady_clock::now() + milliseconds(300);
  HttpReply reply;
  const auto took = time_of([&] { reply = client.send(call); });
  CHECK(name(reply) == "timeout");
  CHECK(took < milliseconds(5000));
  CHECK(peer.connections() == 0);
  answers->count_down();
}

TEST_CASE("http client: an address that the call's judge refuses is not connected to") {
  RawPeer peer([](RawConnection&) {});
  HttpClient client({.resolver = always({"127.0.0.2", "127.0.0.1"}),
                     .allows = [](const Address& one) { return one.text() != "127.0.0.1"; }});
  CHECK(name(client.send(call_to(peer.port(), "/", "channel.test"))) == "target_refused");
  CHECK(name(client.send(call_to(peer.port()))) == "target_refused");
  CHECK(peer.connections() == 0);
}

TEST_CASE("http client: a server that asks for a client certificate gets the one of the call") {
  const Folder folder;
  const Identity server("IP:127.0.0.1");
  const Certificate authority = Certificate::self_signed("DNS:authority.test");
  const Certificate client_certificate = authority.issue("DNS:vault.test");
  client_certificate.save_certificate(folder.path / "client.pem");
  client_certificate.save_key(folder.path / "client.key");
  TlsPeer peer([&](httplib::tls::ctx_t context) {
    auto* const ssl = static_cast<SSL_CTX*>(context);
    ::X509_STORE_add_cert(::SSL_CTX_get_cert_store(ssl), authority.certificate());
    ::SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    return server.setup()(context);
  });
  peer.server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("known", "text/plain");
  });
  peer.run();
  HttpCall call = call_to(peer.port, "/", "127.0.0.1", "https");
  call.method = "GET";
  call.tls.authorities = server.save(folder);
  HttpClient client({});
  CHECK(name(client.send(call)) != "none");
  call.tls.certificate = folder.path / "client.pem";
  call.tls.key = folder.path / "client.key";
  const HttpReply reply = client.send(call);
  CHECK(name(reply) == "none");
  CHECK(reply.body == "known");
  call.tls.key = folder.path / "missing.key";
  CHECK(name(client.send(call)) == "tls_failed");
}

/// Serves "/" at ::1 and asks it by `client`; nullopt on a machine without ::1.
std::optional<HttpReply> ask_at_v6(httplib::Server& server, HttpCall call, const char* scheme) {
  const int port = server.bind_to_any_port("::1");
  if (port < 0) return std::nullopt;
  server.Get("/", [](const httplib::Request& request, httplib::Response& response) {
    response.set_content(request.remote_addr, "text/plain");
  });
  std::jthread serving([&] { server.listen_after_bind(); });
  server.wait_until_ready();
  call.url = Url::parse(std::string(scheme) + "://[::1]:" + std::to_string(port) + "/").value();
  call.method = "GET";
  HttpReply reply = HttpClient({}).send(call);
  server.stop();
  return reply;
}

TEST_CASE("http client: a server at an IPv6 address is reached with and without TLS") {
  const Folder folder;
  const Identity identity("IP:::1");
  HttpCall call = call_to(1);
  call.tls.authorities = identity.save(folder);
  httplib::Server plain;
  httplib::SSLServer secured(identity.setup());
  for (const auto& reply : {ask_at_v6(plain, call, "http"), ask_at_v6(secured, call, "https")}) {
    if (!reply) SKIP("this machine has no ::1");
    CHECK(name(*reply) == "none");
    CHECK(reply->body == "::1");
  }
}

TEST_CASE("http client: a Unix socket replaces the host and a missing one is connect_failed") {
  const Folder folder;
  const std::string path = folder.path / "admin.sock";
  HttpCall call = call_to(80, "/", "localhost");
  call.method = "GET";
  call.unix_socket = path;
  HttpClient client({.resolver = always({})});
  CHECK(name(client.send(call)) == "connect_failed");
  httplib::Server server;
  server.set_address_family(AF_UNIX);
  server.Get("/", [](const httplib::Request& request, httplib::Response& response) {
    response.set_content(request.get_header_value("Host"), "text/plain");
  });
  std::jthread serving([&] { server.listen(path, 80); });
  server.wait_until_ready();
  const HttpReply reply = client.send(call);
  server.stop();
  CHECK(name(reply) == "none");
  CHECK(reply.body == "localhost");
}

}  // namespace
}  // namespace cardvault::test
