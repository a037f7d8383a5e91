#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

namespace cardvault {

/// One connection for httplib's reads and writes. It adds four things that httplib's own stream
/// lacks:
///
///   - a deadline for a whole request: with timeouts per read a client can drip bytes for hours
///   - a limit for a whole head
///   - one buffer for the life of the connection: a new one per request would lose pipelined bytes
///     and continue in the middle of them
///   - wiping of that buffer
class RequestStream final : public httplib::Stream {
 public:
  using Clock = std::chrono::steady_clock;

  RequestStream(socket_t socket, std::chrono::milliseconds write_timeout);
  ~RequestStream() override;

  /// Begins a request. Its head may take `time`, and so may its body. Once a read has met this
  /// deadline, all reads and writes of the request fail.
  void begin(std::chrono::milliseconds time);
  /// Call it when the fields are complete; the body follows.
  void end_head();
  /// Wipes the bytes of this request; bytes of the next one stay.
  void wipe_consumed();
  /// True if one field, or the whole head, was over the limit.
  [[nodiscard]] bool head_too_large() const { return head_too_large_; }

  ssize_t read(char* out, std::size_t size) override;
  ssize_t write(const char* bytes, std::size_t size) override;
  [[nodiscard]] bool is_readable() const override { return next_ < filled_; }
  [[nodiscard]] bool wait_readable() const override;
  [[nodiscard]] bool wait_writable() const override;
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  [[nodiscard]] socket_t socket() const override { return socket_; }
  [[nodiscard]] time_t duration() const override { return 0; }

 private:
  [[nodiscard]] ssize_t refill();
  [[nodiscard]] bool measure_head(const char* bytes, std::size_t size);

  socket_t socket_;
  std::chrono::milliseconds write_timeout_;
  std::chrono::milliseconds time_{};
  Clock::time_point deadline_;
  std::array<std::uint8_t, 4096> buffer_{};
  std::size_t next_ = 0;
  std::size_t filled_ = 0;
  bool in_head_ = false;
  bool too_late_ = false;
  bool head_too_large_ = false;
  std::size_t head_size_ = 0;
  std::size_t line_size_ = 0;
};

}  // namespace cardvault
