#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

namespace cardvault {

/// One connection as httplib reads and writes it. It has what httplib's own stream lacks: a
/// deadline for a whole request (timeouts per read let a client drip bytes for hours), a limit for
/// a whole head, one buffer for the life of the connection (a new one per request would drop
/// pipelined bytes and go on in the middle of them), and that the buffer is wiped.
class RequestStream final : public httplib::Stream {
 public:
  using Clock = std::chrono::steady_clock;

  RequestStream(socket_t socket, std::chrono::milliseconds write_timeout);
  ~RequestStream() override;

  /// A request begins; its head may take `time`, and so may its body. Afterwards nothing is read or
  /// written any more.
  void begin(std::chrono::milliseconds time);
  /// The fields are complete; what follows is the body.
  void end_head();
  /// Forgets what the request brought; bytes of a next one stay.
  void wipe_consumed();
  /// A field, or the head as a whole, was larger than is taken.
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
