#include <barrier>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>

#include "tests/api/app/outbound_fixture.h"

namespace cardvault::test {
namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";

std::string_view name(const CloseReply& reply) {
  return close_failure_name(reply.failure);
}

/// Answers every request with kOk.
void oblige(RawConnection& connection) {
  while (!connection.request().empty()) connection.send(kOk);
}

std::string id_in(const std::string& request) {
  const auto at = request.find("webhook-id: ");
  return at == std::string::npos ? "" : request.substr(at + 12, request.find('\r', at) - at - 12);
}

TEST_CASE("outbound connection: calls one after the other share a connection") {
  RawPeer peer(oblige);
  Outbound outbound;
  for (int i = 0; i < 5; ++i) CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
  CHECK(peer.connections() == 1);
}

TEST_CASE("outbound connection: calls share a connection over TLS too") {
  const Folder folder;
  const Identity identity("DNS:channel.test");
  TlsPeer peer(identity.setup());
  std::set<int> ports;
  peer.answer([&](const httplib::Request& request, httplib::Response& response) {
    ports.insert(request.remote_port);
    response.set_content("done", "text/plain");
  });
  ChannelProfile channel = profile(url(peer.port, "channel.test", "https"));
  channel.ca_file = identity.save(folder);
  Outbound outbound;
  for (int i = 0; i < 5; ++i) CHECK(name(outbound.close(channel)) == "none");
  CHECK(peer.requests == 5);
  CHECK(ports.size() == 1);
}

TEST_CASE("outbound connection: channels, hosts and ca_files do not share a connection") {
  RawPeer peer(oblige);
  Outbound outbound;
  ChannelProfile channel = profile(url(peer.port()));
  CHECK(name(outbound.close(channel)) == "none");
  channel.channel = Channel::wearable;
  CHECK(name(outbound.close(channel)) == "none");
  CHECK(peer.connections() == 2);
  channel.close_url = url(peer.port(), "channel.test");
  CHECK(name(outbound.close(channel)) == "none");
  CHECK(peer.connections() == 3);
  channel.ca_file = "other";
  CHECK(name(outbound.close(channel)) == "none");
  CHECK(peer.connections() == 4);
}

TEST_CASE("outbound connection: an idle connection closed by the peer is no failure") {
  RawPeer peer([](RawConnection& connection) {
    connection.request();
    connection.send(kOk);
  });
  Outbound outbound;
  for (int i = 1; i <= 3; ++i) {
    CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
    CHECK(peer.connections() == i);
  }
}

TEST_CASE(
    "outbound connection: if a reused connection ends without an answer the message is sent "
    "again") {
  std::vector<std::string> ids;
  RawPeer peer([&](RawConnection& connection) {
    ids.push_back(id_in(connection.request()));
    connection.send(kOk);
    if (connection.number() == 1) ids.push_back(id_in(connection.request()));
    if (connection.number() == 2) connection.outlast();
  });
  Outbound outbound;
  CHECK(name(outbound.close(profile(url(peer.port())), "msg_1")) == "none");
  CHECK(name(outbound.close(profile(url(peer.port())), "msg_2")) == "none");
  CHECK(peer.connections() == 2);
  CHECK(ids == std::vector<std::string>{"msg_1", "msg_2", "msg_2"});
}

TEST_CASE("outbound connection: a message is sent again only once") {
  std::atomic<int> requests = 0;
  RawPeer peer([&](RawConnection& connection) {
    if (!connection.request().empty()) ++requests;
    if (connection.number() > 1) return;
    connection.send(kOk);
    if (!connection.request().empty()) ++requests;
  });
  Outbound outbound;
  CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
  CHECK(name(outbound.close(profile(url(peer.port())))) == "connection_lost");
  CHECK(requests == 3);
  CHECK(peer.connections() == 2);
}

TEST_CASE("outbound connection: after the first byte of an answer the message is not sent again") {
  RawPeer peer([](RawConnection& connection) {
    connection.request();
    connection.send(kOk);
    connection.request();
    connection.send("HTTP/1.1 200 OK\r\n");
  });
  Outbound outbound;
  CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
  CHECK(name(outbound.close(profile(url(peer.port())))) == "connection_lost");
  CHECK(peer.connections() == 1);
}

TEST_CASE(
    "outbound connection: if a new connection ends without an answer the message is not sent "
    "again") {
  RawPeer peer([](RawConnection& connection) { connection.request(); });
  CHECK(name(Outbound().close(profile(url(peer.port())))) == "connection_lost");
  CHECK(peer.connections() == 1);
}

TEST_CASE("outbound connection: a connection is not reused after a failure") {
  const std::string answer =
      GENERATE(as<std::string>(), "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
               "HTTP/1.1 307 Go\r\nContent-Length: 0\r\n\r\n",
               "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n");
  RawPeer peer([&](RawConnection& connection) {
    connection.request();
    connection.send(answer);
    oblige(connection);
  });
  Outbound outbound;
  CHECK(name(outbound.close(profile(url(peer.port())))) != "none");
  CHECK(name(outbound.close(profile(url(peer.port())))) != "none");
  CHECK(peer.connections() == 2);
}

TEST_CASE("outbound connection: after a timeout the connection is not reused") {
  RawPeer peer([](RawConnection& connection) {
    connection.request();
    if (connection.number() > 1) connection.send(kOk);
    connection.outlast();
  });
  Outbound outbound;
  ChannelProfile channel = profile(url(peer.port()));
  channel.timeout = Seconds(1);
  CHECK(name(outbound.close(channel)) == "timeout");
  CHECK(name(outbound.close(channel)) == "none");
  CHECK(peer.connections() == 2);
}

TEST_CASE("outbound connection: a connection is not reused after a close or surplus bytes") {
  const std::string answer = GENERATE(
      as<std::string>(), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: X, Close\r\n\r\nok",
      "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: "
      "chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
  CAPTURE(answer);
  RawPeer peer([&](RawConnection& connection) {
    while (!connection.request().empty()) connection.send(answer);
  });
  Outbound outbound;
  CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
  CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
  CHECK(peer.connections() == 2);
}

TEST_CASE("outbound connection: surplus bytes are never the answer to the next message") {
  const std::string more = "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n";
  const std::string answer =
      GENERATE(as<std::string>(), "HTTP/1.1 204 No Content\r\n\r\n",
               "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  const bool later = GENERATE(false, true);
  CAPTURE(answer, later);
  RawPeer peer([&](RawConnection& connection) {
    while (!connection.request().empty()) {
      connection.send(later ? answer : answer + more);
      std::this_thread::sleep_for(std::chrono::milliseconds(later ? 20 : 0));
      if (later) connection.send(more);
    }
  });
  Outbound outbound;
  CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
}

TEST_CASE("outbound connection: an idle connection is dropped after its idle time") {
  RawPeer peer(oblige);
  Outbound outbound(this_machine,
                    {.allow_private_targets = true, .keep_idle = std::chrono::milliseconds(0)});
  CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
  CHECK(name(outbound.close(profile(url(peer.port())))) == "none");
  CHECK(peer.connections() == 2);
}

TEST_CASE("outbound connection: at most max_concurrency connections stay idle") {
  constexpr int kAtOnce = 6;
  constexpr int kKept = 2;
  // No request is answered before all have arrived, so no two share a connection.
  std::barrier all_have_asked(kAtOnce);
  RawPeer peer([&](RawConnection& connection) {
    while (!connection.request().empty()) {
      all_have_asked.arrive_and_wait();
      connection.send(kOk);
    }
  });
  Outbound outbound;
  ChannelProfile channel = profile(url(peer.port()));
  channel.max_concurrency = kKept;
  std::atomic<int> done = 0;
  for (int round = 0; round < 2; ++round) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kAtOnce; ++i) {
      threads.emplace_back(
          [&] { done += outbound.close(channel).failure == CloseFailure::none ? 1 : 0; });
    }
  }
  CHECK(done == 2 * kAtOnce);
  CHECK(peer.connections() == 2 * kAtOnce - kKept);
}

TEST_CASE("outbound connection: sixteen threads send at once and each gets its own answer") {
  const bool tls = GENERATE(false, true);
  constexpr int kThreads = 16;
  constexpr int kEach = 8;
  const Folder folder;
  const Identity identity("DNS:channel.test");
  const httplib::Server::Handler echo = [](const httplib::Request& request,
                                           httplib::Response& response) {
    response.set_content(request.get_header_value("webhook-id"), "text/plain");
  };
  PlainPeer plain;
  TlsPeer secured(identity.setup());
  plain.answer(echo);
  secured.answer(echo);
  ChannelProfile channel =
      profile(tls ? url(secured.port, "channel.test", "https") : url(plain.port, "channel.test"));
  channel.ca_file = identity.save(folder);
  channel.max_concurrency = kThreads;
  Outbound outbound;
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kEach; ++i) {
          const std::string id = "msg_" + std::to_string(thread) + "_" + std::to_string(i);
          if (outbound.close(channel, id).acknowledgement == sha256(as_bytes(id))) ++right;
        }
      });
    }
  }
  CHECK(right == kThreads * kEach);
  CHECK((tls ? secured.requests : plain.requests) == kThreads * kEach);
}

}  // namespace
}  // namespace cardvault::test
