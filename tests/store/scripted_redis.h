#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cardvault::test {

/// A server on a free port of 127.0.0.1 that speaks the protocol and keeps nothing: a primary in
/// health, whose scripts all answer "committed" until it is told to refuse them. For answers that
/// no real server can be made to give.
class ScriptedRedis {
 public:
  ScriptedRedis();
  ~ScriptedRedis();
  ScriptedRedis(const ScriptedRedis&) = delete;
  ScriptedRedis& operator=(const ScriptedRedis&) = delete;

  [[nodiscard]] std::string url() const;
  /// What every script is answered with from now on, as an error; "" for none.
  void refuse_writes(const std::string& error);
  /// How many were taken so far.
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
