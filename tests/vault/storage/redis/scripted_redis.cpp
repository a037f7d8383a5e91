#include "tests/vault/storage/redis/scripted_redis.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>

namespace cardvault::test {
namespace {

constexpr int kLookMs = 20;

bool is_readable(int socket) {
  pollfd waited{.fd = socket, .events = POLLIN, .revents = 0};
  return ::poll(&waited, 1, kLookMs) > 0;
}

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

/// Takes a whole command, an array of strings, from the front. Empty if it is incomplete.
std::vector<std::string> take_command(std::string& input) {
  std::size_t at = 0;
  const auto number = [&]() -> std::size_t {
    const auto end = input.find("\r\n", at);
    if (end == std::string::npos) return std::string::npos;
    const auto value = std::stoul(input.substr(at + 1, end - at - 1));
    at = end + 2;
    return value;
  };
  const auto count = number();
  if (count == std::string::npos) return {};
  std::vector<std::string> words;
  for (std::size_t i = 0; i < count; ++i) {
    const auto size = number();
    if (size == std::string::npos || input.size() < at + size + 2) return {};
    words.push_back(input.substr(at, size));
    at += size + 2;
  }
  input.erase(0, at);
  return words;
}

}  // namespace

ScriptedRedis::ScriptedRedis() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(listener_, generic, size) == 0);
  REQUIRE(::listen(listener_, 64) == 0);
  REQUIRE(::getsockname(listener_, generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  taking_ = std::jthread([this](const std::stop_token& stop) { take_connections(stop); });
}

ScriptedRedis::~ScriptedRedis() {
  taking_.request_stop();
  taking_.join();
  served_.clear();
  ::close(listener_);
}

std::string ScriptedRedis::url() const {
  return "redis://127.0.0.1:" + std::to_string(port_);
}

void ScriptedRedis::refuse_writes(const std::string& error) {
  const std::lock_guard lock(mutex_);
  refusal_ = error;
}

void ScriptedRedis::take_connections(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!is_readable(listener_)) continue;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    ++connections_;
    served_.emplace_back([this, socket](const std::stop_token& end) { serve(socket, end); });
  }
}

void ScriptedRedis::serve(int socket, const std::stop_token& stop) {
  std::string input;
  std::array<char, 4096> buffer{};
  while (!stop.stop_requested()) {
    if (!is_readable(socket)) continue;
    const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    input.append(buffer.data(), static_cast<std::size_t>(got));
    for (auto command = take_command(input); !command.empty(); command = take_command(input)) {
      const std::string reply = answer(command);
      if (::send(socket, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) break;
    }
  }
  ::close(socket);
}

std::string ScriptedRedis::answer(const std::vector<std::string>& command) {
  const std::string& name = command.front();
  if (name == "PING") return "+PONG\r\n";
  if (name == "INFO") return bulk("redis_version:7.2.0\r\nrole:master\r\nloading:0\r\n");
  if (name == "CONFIG") {
    const std::string& setting = command.back();
    const bool fsync = setting == "appendfsync";
    const std::string safe = fsync ? "always" : setting == "appendonly" ? "yes" : "noeviction";
    return "*2\r\n" + bulk(setting) + bulk(safe);
  }
  if (name != "EVALSHA" && name != "EVAL") return "$-1\r\n";
  const std::lock_guard lock(mutex_);
  if (!refusal_.empty()) return "-" + refusal_ + "\r\n";
  return "*2\r\n" + bulk("committed") + bulk("0");
}

}  // namespace cardvault::test
