#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cardvault::test {

/// A server on a free port of 127.0.0.1 that speaks the Redis protocol and stores nothing. It is a
/// healthy primary; its scripts all answer "committed" until it is told to refuse them. It gives
/// answers that a real server cannot be made to give.
class ScriptedRedis {
 public:
  ScriptedRedis();
  ~ScriptedRedis();
  ScriptedRedis(const ScriptedRedis&) = delete;
  ScriptedRedis& operator=(const ScriptedRedis&) = delete;

  [[nodiscard]] std::string url() const;
  /// From now on, every script is answered with this error; "": no error.
  void refuse_writes(const std::string& error);
  /// Number of connections accepted so far.
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void take_connections(const std::stop_token& stop);
  void serve(int socket, const std::stop_token& stop);
  [[nodiscard]] std::string answer(const std::vector<std::string>& command);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::string refusal_;
  std::vector<std::jthread> served_;
  std::jthread taking_;
};

}  // namespace cardvault::test
