#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cardvault::test {

/// A generous timeout; only a failing test waits that long.
inline constexpr std::chrono::seconds kSoon{20};

/// An answer with its exact bytes.
struct RawAnswer {
  int status = 0;
  std::string head;
  std::string body;

  /// The value of the first field of exactly that name; "" if there is none.
  [[nodiscard]] std::string field(std::string_view name) const {
    const auto at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
  [[nodiscard]] bool has(std::string_view text) const {
    return body.find(text) != std::string::npos;
  }
  [[nodiscard]] bool has_code(std::string_view code) const {
    return has("\"code\":\"" + std::string(code) + "\"");
  }
};

/// A client that sends any bytes, also those that no HTTP library would send.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const char* address = "127.0.0.1")
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(port);
    ::inet_pton(AF_INET, address, &peer.sin_addr);
    connected_ = ::connect(socket_, as_address(&peer), sizeof peer) == 0;
  }
  explicit RawClient(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un peer{};
    peer.sun_family = AF_UNIX;
    path.copy(peer.sun_path, sizeof peer.sun_path - 1);
    connected_ = ::connect(socket_, as_address(&peer), sizeof peer) == 0;
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  /// Returns false if the server has closed meanwhile; some tests expect that.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  /// The next answer; nullopt if the connection ends first.
  std::optional<RawAnswer> receive() {
    std::size_t head_end = 0;
    while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return std::nullopt;
    }
    RawAnswer answer{.status = std::stoi(buffer_.substr(9, 3)),
                     .head = buffer_.substr(0, head_end + 2),
                     .body = {}};
    buffer_.erase(0, head_end + 4);
    const std::string length = answer.field("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (buffer_.size() < size) {
      if (!fill()) return std::nullopt;
    }
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return answer;
  }
  std::optional<RawAnswer> ask(std::string_view request) {
    send(request);
    return receive();
  }
  /// Bytes received but not taken by receive(), which does not know answers to HEAD.
  [[nodiscard]] const std::string& unread() const { return buffer_; }
  /// Returns true if the server closes without another byte.
  bool ends() {
    while (fill()) {
    }
    return closed_ && buffer_.empty();
  }
  /// Call it after ends(). True for a FIN; false for a reset, which can destroy an answer in
  /// flight.
  [[nodiscard]] bool ended_cleanly() const { return closed_ && !reset_; }
  /// Waits up to `time` for bytes or the end.
  bool something_comes_within(std::chrono::milliseconds time) {
    pollfd watched{.fd = socket_, .events = POLLIN, .revents = 0};
    return ::poll(&watched, 1, static_cast<int>(time.count())) > 0;
  }

 private:
  static const sockaddr* as_address(const void* address) {
    return static_cast<const sockaddr*>(address);
  }
  bool fill() {
    if (!something_comes_within(kSoon)) return false;
    std::array<char, 4096> bytes;
    const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    closed_ = count <= 0;
    reset_ = count < 0;
    if (count > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    return !closed_;
  }

  int socket_;
  bool connected_ = false;
  bool closed_ = false;
  bool reset_ = false;
  std::string buffer_;
};

}  // namespace cardvault::test
