#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "net/server/server.h"

namespace cardvault {

/// A server and the thread that runs it. The destructor stops it. If the server ends by itself, it
/// sends SIGTERM to its own process: a vault that no longer listens must not look alive.
class RunningServer {
 public:
  explicit RunningServer(std::unique_ptr<Server> server);
  ~RunningServer();
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  void stop() { server_->stop(); }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  std::unique_ptr<Server> server_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace cardvault
