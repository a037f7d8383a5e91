#pragma once

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/client/address.h"
#include "tests/support/certificates.h"

namespace cardvault::test {

/// Resolves any name to this machine. No test may look up another machine or send to it.
[[nodiscard]] Result<std::vector<Address>> this_machine(const std::string& host);
[[nodiscard]] Resolver always(std::vector<std::string> addresses);

/// httplib's server on a free port. Set handlers, then call run().
template <class Server>
class HttpPeer {
 public:
  template <class... Arguments>
  explicit HttpPeer(Arguments&&... arguments) : server(std::forward<Arguments>(arguments)...) {
    server.new_task_queue = [] { return new httplib::ThreadPool(20); };
    // The default would let the kernel give one port to two servers of parallel tests.
    server.set_socket_options(
        [](socket_t fd) { httplib::set_socket_opt(fd, SOL_SOCKET, SO_REUSEADDR, 1); });
    server.set_pre_routing_handler([this](const httplib::Request&, httplib::Response&) {
      ++requests;
      return httplib::Server::HandlerResponse::Unhandled;
    });
    port = static_cast<std::uint16_t>(server.bind_to_any_port("127.0.0.1"));
  }
  ~HttpPeer() {
    server.stop();
    if (thread_.joinable()) thread_.join();
  }
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;

  void run() {
    thread_ = std::thread([this] { server.listen_after_bind(); });
    server.wait_until_ready();
  }
  /// Answers POST /close with `handler` and runs.
  void answer(httplib::Server::Handler handler) {
    server.Post("/close", std::move(handler));
    run();
  }

  Server server;
  std::uint16_t port = 0;
  std::atomic<int> requests = 0;

 private:
  std::thread thread_;
};

using PlainPeer = HttpPeer<httplib::Server>;

/// One connection of the peer's script.
class RawConnection {
 public:
  RawConnection(int fd, int number) : fd_(fd), number_(number) {}

  /// Number of the connection at this peer, from 1.
  [[nodiscard]] int number() const { return number_; }
  /// The next request, head and body; "" if there is none.
  std::string request();
  /// Returns false if the other side has closed.
  bool send(std::string_view bytes) const;
  /// Sends one byte every few milliseconds until the other side stops accepting them.
  void drip(std::string_view head, std::string_view endless) const;
  /// Waits until the other side or the test has ended the connection.
  void outlast();

 private:
  int fd_;
  int number_;
  std::string unread_;
};

/// A server that runs the script for each connection and then closes it.
class RawPeer {
 public:
  explicit RawPeer(std::function<void(RawConnection&)> script);
  /// Ends every open connection.
  ~RawPeer();
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept_all();

  std::function<void(RawConnection&)> script_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A port without a listener.
[[nodiscard]] std::uint16_t free_port();

/// A temporary folder, removed at the end.
struct Folder {
  Folder();
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path path;
};

/// A key and a self-signed certificate, for names in OpenSSL's form:
/// "DNS:channel.test,IP:127.0.0.1".
class Identity {
 public:
  explicit Identity(const std::string& alternative_names)
      : certificate_(Certificate::self_signed(alternative_names)) {}

  /// Makes an SSLServer use this identity.
  [[nodiscard]] httplib::tls::ContextSetupCallback setup() const;
  /// Writes the certificate, which is its own authority. Returns the path of the file.
  [[nodiscard]] std::string save(const Folder& folder) const;

 private:
  Certificate certificate_;
};

using TlsPeer = HttpPeer<httplib::SSLServer>;

/// Duration of `body`.
template <class Body>
[[nodiscard]] std::chrono::milliseconds time_of(Body body) {
  const auto begin = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begin);
}

}  // namespace cardvault::test
