#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "crypto/webhook_signature.h"
#include "tests/api/app/outbound_fixture.h"

namespace cardvault::test {
namespace {

using std::chrono::seconds;

/// One second is the shortest timeout of a profile. Slow machines get more before a test fails.
constexpr seconds kTimeout{1};
constexpr seconds kBound{6};

std::string_view name(const CloseReply& reply) {
  return close_failure_name(reply.failure);
}

ChannelProfile impatient(std::uint16_t port) {
  ChannelProfile channel = profile(url(port));
  channel.timeout = kTimeout;
  channel.connect_timeout = kTimeout;
  return channel;
}

/// The reply from a peer that sends exactly these bytes and closes.
CloseReply answered_by(const std::string& bytes) {
  RawPeer peer([&](RawConnection& connection) {
    if (!connection.request().empty()) connection.send(bytes);
  });
  return Outbound().close(profile(url(peer.port())));
}

TEST_CASE("outbound: a 2xx answer is accepted and its acknowledgement is the digest of its body") {
  const int status = GENERATE(200, 201, 202, 299);
  PlainPeer peer;
  peer.answer([&](const httplib::Request&, httplib::Response& response) {
    response.status = status;
    response.set_content(R"({"closed":true})", "application/json");
  });
  const CloseReply reply = Outbound().close(profile(url(peer.port)));
  CHECK(name(reply) == "none");
  CHECK(reply.status == status);
  CHECK(reply.acknowledgement == sha256(as_bytes(R"({"closed":true})")));
  CHECK(peer.requests == 1);
}

TEST_CASE("outbound: a 204 is accepted with the digest of an empty body") {
  PlainPeer peer;
  peer.answer([](const httplib::Request&, httplib::Response& response) { response.status = 204; });
  const CloseReply reply = Outbound().close(profile(url(peer.port)));
  CHECK(name(reply) == "none");
  CHECK(reply.status == 204);
  CHECK(reply.acknowledgement == sha256({}));
}

TEST_CASE("outbound: bodies end by length, by chunks and by the end of the connection") {
  const std::string bytes = GENERATE(
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n3\r\none\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ndone", "HTTP/1.0 200 OK\r\n\r\ndone",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone",
      "HTTP/1.1 200\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\ndone");
  CAPTURE(bytes);
  const CloseReply reply = answered_by(bytes);
  CHECK(name(reply) == "none");
  CHECK(reply.status == 200);
  CHECK(reply.acknowledgement == sha256(as_bytes("done")));
}

TEST_CASE("outbound: the message is a JSON POST from cardvault without compression") {
  std::string seen;
  RawPeer peer([&](RawConnection& connection) {
    seen = connection.request();
    connection.send("HTTP/1.1 204 No Content\r\n\r\n");
  });
  Outbound outbound;
  const std::string target = "http://127.0.0.1:" + std::to_string(peer.port()) + "/a%2fb?c=1";
  REQUIRE(name(outbound.close(profile(target))) == "none");
  CHECK(seen.starts_with("POST /a%2fb?c=1 HTTP/1.1\r\n"));
  CHECK(seen.contains("\r\nHost: 127.0.0.1:" + std::to_string(peer.port()) + "\r\n"));
  CHECK(seen.contains("\r\nUser-Agent: cardvault\r\n"));
  CHECK(seen.contains("\r\nContent-Type: application/json\r\n"));
  CHECK(seen.contains("\r\nAccept-Encoding: identity\r\n"));
  CHECK_FALSE(seen.contains("Expect"));
  CHECK(seen.ends_with("\r\n\r\n" + std::string(kPayload)));
}

TEST_CASE("outbound: a long payload arrives complete without a wait for 100 Continue") {
  CloseMessage long_message = message();
  long_message.payload = std::string(300'000, 'x');
  std::string seen;
  RawPeer peer([&](RawConnection& connection) {
    seen = connection.request();
    connection.send("HTTP/1.1 204 No Content\r\n\r\n");
  });
  CHECK(name(Outbound().gateway.close(profile(url(peer.port())), long_message)) == "none");
  CHECK(seen.ends_with("\r\n\r\n" + long_message.payload));
  CHECK_FALSE(seen.contains("Expect"));
}

TEST_CASE("outbound: the three headers verify only with the published key") {
  WebhookHeaders seen;
  std::string body;
  PlainPeer peer;
  peer.answer([&](const httplib::Request& request, httplib::Response&) {
    seen = {request.get_header_value("webhook-id"), request.get_header_value("webhook-timestamp"),
            request.get_header_value("webhook-signature")};
    body = request.body;
  });
  Outbound outbound;
  REQUIRE(name(outbound.close(profile(url(peer.port)), "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W")) ==
          "none");
  CHECK(seen.id == "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W");
  CHECK(seen.timestamp == std::to_string(kSentAt.time_since_epoch() / seconds(1)));
  CHECK(body == kPayload);
  CHECK(verify_webhook(outbound.public_key(), seen, kSentAt, body).has_value());
  CHECK_FALSE(verify_webhook(Outbound().public_key(), seen, kSentAt, body).has_value());
  CHECK_FALSE(verify_webhook(outbound.public_key(), seen, kSentAt, body + " ").has_value());
}

TEST_CASE("outbound: a retry keeps the message id") {
  std::vector<std::string> ids;
  PlainPeer peer;
  peer.answer([&](const httplib::Request& request, httplib::Response& response) {
    ids.push_back(request.get_header_value("webhook-id"));
    response.status = ids.size() < 3 ? 503 : 200;
  });
  Outbound outbound;
  CHECK(name(outbound.close(profile(url(peer.port)), "msg_7")) == "http_status");
  CHECK(name(outbound.close(profile(url(peer.port)), "msg_7")) == "http_status");
  CHECK(name(outbound.close(profile(url(peer.port)), "msg_7")) == "none");
  CHECK(ids == std::vector<std::string>(3, "msg_7"));
}

TEST_CASE("outbound: a profile may name its signing key and a missing key is key_unavailable") {
  PlainPeer peer;
  peer.answer([](const httplib::Request&, httplib::Response&) {});
  Outbound outbound;
  ChannelProfile channel = profile(url(peer.port));
  channel.signing_key = outbound.keyring.current(Purpose::channel_signing).value()->id;
  CHECK(name(outbound.close(channel)) == "none");
  const KeyId of_other_purpose = outbound.keyring.current(Purpose::token).value()->id;
  for (const KeyId id : {of_other_purpose, KeyId{4'000'000'000}}) {
    channel.signing_key = id;
    const CloseReply reply = outbound.close(channel);
    CHECK(name(reply) == "key_unavailable");
    CHECK(reply.status == 0);
  }
  CHECK(peer.requests == 1);
}

TEST_CASE("outbound: each key that may still sign signs the message and one signature is enough") {
  WebhookHeaders seen;
  PlainPeer peer;
  peer.answer([&](const httplib::Request& request, httplib::Response&) {
    seen = {request.get_header_value("webhook-id"), request.get_header_value("webhook-timestamp"),
            request.get_header_value("webhook-signature")};
  });
  Outbound outbound;
  const Ed25519PublicKey old = outbound.public_key();
  Keyring keyring = outbound.keyring.snapshot()->clone();
  keyring.promote(keyring.add(Purpose::channel_signing, kSentAt, outbound.random).value(), kSentAt);
  outbound.keyring.install(std::move(keyring));
  REQUIRE(name(outbound.close(profile(url(peer.port)))) == "none");
  CHECK(std::ranges::count(seen.signature, ' ') == 1);
  CHECK(verify_webhook(old, seen, kSentAt, kPayload).has_value());
  CHECK(verify_webhook(outbound.public_key(), seen, kSentAt, kPayload).has_value());
}

TEST_CASE("outbound: interim answers are skipped, whatever fields they have") {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";
  const std::string early = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n";
  const std::string work = "HTTP/1.1 102 Processing\r\n\r\n";
  std::string twenty;
  for (int i = 0; i < 20; ++i) twenty += work;
  const std::string before = GENERATE_COPY(
      early, work, twenty, early + work, std::string("HTTP/1.1 100 Continue\r\nX: y\r\n\r\n"),
      std::string("HTTP/1.1 199 Word\r\nContent-Length: 9\r\n\r\n"));
  CAPTURE(before);
  const CloseReply reply = answered_by(before + ok);
  CHECK(name(reply) == "none");
  CHECK(reply.status == 200);
  CHECK(reply.acknowledgement == sha256(as_bytes("done")));
}

TEST_CASE("outbound: an interim answer sent byte by byte does not disturb the next message") {
  RawPeer peer([](RawConnection& connection) {
    while (!connection.request().empty()) {
      for (const char byte : std::string_view("HTTP/1.1 102 Processing\r\n\r\n")) {
        if (!connection.send({&byte, 1})) return;
      }
      connection.send("HTTP/1.1 204 No Content\r\n\r\n");
    }
  });
  Outbound outbound;
  CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
  CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
  CHECK(peer.connections() == 1);
}

TEST_CASE("outbound: endless interim answers are given up") {
  const std::string interim = GENERATE(as<std::string>(), "HTTP/1.1 102 Processing\r\n\r\n",
                                       "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n");
  RawPeer peer([&](RawConnection& connection) {
    connection.request();
    for (int i = 0; i < 21; ++i) connection.send(interim);
    connection.send("HTTP/1.1 204 No Content\r\n\r\n");
    connection.outlast();
  });
  CHECK(name(Outbound().close(profile(url(peer.port())))) == "response_too_large");
}

TEST_CASE("outbound: an interim answer without a final one is connection_lost") {
  const std::string bytes =
      GENERATE("HTTP/1.1 102 Processing\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n");
  CHECK(name(answered_by(bytes)) == "connection_lost");
}

TEST_CASE("outbound: Retry-After of 429 and 503 is read as seconds or as a date") {
  const auto [status, field, wait] = GENERATE(table<int, std::string, std::int64_t>({
      {503, "120", 120},
      {429, "0", 0},
      {429, "99999999999999999999", 999'999'999},
      {503, "Wed, 01 Jul 2026 08:10:00 GMT", 600},
      {503, "Wednesday, 01-Jul-26 08:10:00 GMT", 600},
      {503, "Wed Jul  1 08:10:00 2026", 600},
      {503, "Tue, 30 Jun 2026 08:10:00 GMT", 0},
      {503, "", -1},
      {503, "soon", -1},
      {503, "-5", -1},
      {503, "1.5", -1},
      {503, "Wed, 31 Jun 2026 08:10:00 GMT", -1},
      {503, "Wed, 01 Jul 2026 08:10:00 CET", -1},
      {500, "120", -1},
      {410, "120", -1},
      {200, "120", -1},
  }));
  CAPTURE(status, field);
  const CloseReply reply =
      answered_by("HTTP/1.1 " + std::to_string(status) +
                  " Word\r\nContent-Length: 0\r\nRetry-After: " + field + "\r\n\r\n");
  CHECK(reply.status == status);
  CHECK(reply.retry_after.value_or(Seconds{-1}).count() == wait);
}

TEST_CASE("outbound: redirects are not followed") {
  const int status = GENERATE(301, 302, 303, 307, 308);
  PlainPeer other;
  other.answer([](const httplib::Request&, httplib::Response&) {});
  PlainPeer peer;
  peer.answer([&](const httplib::Request&, httplib::Response& response) {
    response.set_redirect(url(other.port), status);
  });
  const CloseReply reply = Outbound().close(profile(url(peer.port)));
  CHECK(name(reply) == "redirected");
  CHECK(reply.status == status);
  CHECK(reply.acknowledgement == Digest{});
  CHECK(peer.requests == 1);
  CHECK(other.requests == 0);
}

TEST_CASE("outbound: any other status is http_status and reported with its number") {
  const int status = GENERATE(101, 400, 401, 404, 410, 429, 500, 503, 599);
  const CloseReply reply =
      answered_by("HTTP/1.1 " + std::to_string(status) + " Word\r\nContent-Length: 0\r\n\r\n");
  CHECK(name(reply) == "http_status");
  CHECK(reply.status == status);
  CHECK(reply.acknowledgement == Digest{});
}

TEST_CASE("outbound: the long body of an error answer is not read") {
  RawPeer peer([](RawConnection& connection) {
    connection.request();
    connection.send("HTTP/1.1 500 Broken\r\nContent-Length: 1000000\r\n\r\n");
    connection.outlast();
  });
  const CloseReply reply = Outbound().close(profile(url(peer.port())));
  CHECK(name(reply) == "http_status");
  CHECK(reply.status == 500);
}

TEST_CASE("outbound: a silent or dripping peer ends in a timeout") {
  const auto [head, endless] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"", "HTTP/1.1 200 OK\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"},
      {"HTTP/1.1 200 OK\r\n", "X: y\r\n"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", "z"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nz\r\n"},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "z"},
  }));
  CAPTURE(head, endless);
  RawPeer peer([&](RawConnection& connection) {
    connection.request();
    if (endless.empty()) {
      connection.outlast();
    } else {
      connection.drip(head, endless);
    }
  });
  CloseReply reply;
  const auto took = time_of([&] { reply = Outbound().close(impatient(peer.port())); });
  CHECK(name(reply) == "timeout");
  CHECK(took >= kTimeout);
  CHECK(took < kBound);
  CHECK(peer.connections() == 1);
}

TEST_CASE("outbound: a peer that does not read the message ends in a timeout") {
  CloseMessage huge = message();
  huge.payload = std::string(32 << 20, 'x');
  std::atomic<bool> done = false;
  RawPeer peer([&](RawConnection&) { done.wait(false); });
  CloseReply reply;
  const auto took =
      time_of([&] { reply = Outbound().gateway.close(impatient(peer.port()), huge); });
  done = true;
  done.notify_all();
  CHECK(name(reply) == "timeout");
  CHECK(took >= kTimeout);
  CHECK(took < kBound);
}

TEST_CASE("outbound: a port without a listener is connect_failed") {
  const CloseReply reply = Outbound().close(profile(url(free_port())));
  CHECK(name(reply) == "connect_failed");
  CHECK(reply.status == 0);
}

TEST_CASE("outbound: a connection that ends before the answer is complete is connection_lost") {
  const std::string bytes =
      GENERATE("", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n",
               "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndon",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndone\r\n");
  CAPTURE(bytes);
  const CloseReply reply = answered_by(bytes);
  CHECK(name(reply) == "connection_lost");
  CHECK(reply.acknowledgement == Digest{});
}

TEST_CASE("outbound: a malformed answer is no acknowledgement") {
  const std::string bytes =
      GENERATE("SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 200 OK\r\n\r\n", "200 OK\r\n\r\ndone",
               "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\ndone",
               "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 3\r\n\r\ndone",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\ndone\r\n0\r\n\r\n");
  CAPTURE(bytes);
  const CloseReply reply = answered_by(bytes);
  CHECK(name(reply) == "connection_lost");
  CHECK(reply.acknowledgement == Digest{});
}

TEST_CASE("outbound: a body of 64 KiB is accepted in every framing") {
  const std::string body(65'536, 'x');
  std::string chunks;
  for (std::size_t i = 0; i < body.size(); i += 2) chunks += "2\r\nxx\r\n";
  const std::string bytes = GENERATE_COPY(
      "HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n" + body,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n" + body + "\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body);
  CHECK(name(answered_by(bytes)) == "none");
  CHECK(answered_by(bytes).acknowledgement == sha256(as_bytes(body)));
}

TEST_CASE("outbound: a larger body is refused in every framing and not read further") {
  const std::string body(65'537, 'x');
  const std::string bytes =
      GENERATE_COPY(std::string("HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n"),
                    std::string("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n"),
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n" + body,
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n" +
                        body.substr(1) + "\r\n1\r\nx\r\n",
                    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body,
                    "HTTP/1.1 200 OK\r\n" + std::string(70'000, '\n'));
  RawPeer peer([&](RawConnection& connection) {
    connection.request();
    connection.send(bytes);
    connection.outlast();
  });
  const CloseReply reply = Outbound().close(profile(url(peer.port())));
  CHECK(name(reply) == "response_too_large");
  CHECK(reply.status == 200);
  CHECK(reply.acknowledgement == Digest{});
}

TEST_CASE("outbound: endless chunks with little data are given up") {
  const auto [endless, failure] = GENERATE(table<std::string, std::string>({
      {"1;" + std::string(2000, 'e') + "\r\nx\r\n", "response_too_large"},
      {"000000000000000000000000000000000001\r\nx\r\n", "connection_lost"},
  }));
  RawPeer peer([endless = endless](RawConnection& connection) {
    connection.request();
    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (connection.send(endless)) {
    }
  });
  CHECK(name(Outbound().close(profile(url(peer.port())))) == failure);
}

TEST_CASE("outbound: an answer head that is too large is refused") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  std::string fields;
  for (int i = 0; i < 101; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  std::string wide;
  for (int i = 0; i < 20; ++i) wide += "X: " + std::string(4000, 'y') + "\r\n";
  const std::string head =
      GENERATE_COPY("HTTP/1.1 200 " + std::string(5'000, 'y') + "\r\n",
                    "HTTP/1.1 200 " + std::string(1'000'000, 'y'),
                    ok + "X: " + std::string(5'000, 'y') + "\r\n", ok + fields, ok + wide,
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 " + std::string(40'000, 'y'));
  CAPTURE(head.size(), head.substr(0, 60));
  RawPeer peer([&](RawConnection& connection) {
    connection.request();
    connection.send(head + "\r\n");
    connection.outlast();
  });
  const CloseReply reply = Outbound().close(profile(url(peer.port())));
  CHECK(name(reply) == "response_too_large");
  CHECK(reply.status == 0);
}

}  // namespace
}  // namespace cardvault::test
