#pragma once

#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "net/server/server.h"

namespace cardvault::test {

/// A server on a free loopback port and its thread; stopped at the end of its scope.
class RunningServer {
 public:
  explicit RunningServer(std::vector<Route> routes, ServerOptions options = {},
                         std::function<void(const Finished&)> observer = {})
      : server_(must_bind(std::move(options), std::move(routes), std::move(observer))),
        thread_([this] { server_->run(); }) {}
  ~RunningServer() { stop(); }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] Server& server() { return *server_; }
  /// Returns after run() has returned.
  void stop() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  static std::unique_ptr<Server> must_bind(ServerOptions options, std::vector<Route> routes,
                                           std::function<void(const Finished&)> observer) {
    auto bound = Server::bind(std::move(options), std::move(routes), std::move(observer));
    if (!bound) throw std::runtime_error(bound.error().detail);
    return *std::move(bound);
  }

  std::unique_ptr<Server> server_;
  std::thread thread_;
};

inline Response text_answer(std::string_view text) {
  return {.status = 200, .body = std::string(text)};
}

}  // namespace cardvault::test
