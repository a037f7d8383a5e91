#pragma once

#include <httplib.h>

#include <array>
#include <cstdint>

#include "crypto/secret.h"
#include "net/client/tcp_socket.h"
#include "net/client/tls.h"

namespace cardvault {

/// A connection to a channel as httplib writes requests to it and reads answers from it. What it
/// adds to httplib's own streams: one deadline for everything, limits for what is read, and which
/// of the failures it was, all of which httplib reports as Error::Read.
class PeerStream final : public httplib::Stream {
 public:
  /// `session` is empty for plain http.
  PeerStream(TcpSocket socket, TlsSession session)
      : socket_(std::move(socket)), session_(std::move(session)) {}

  /// A request is written next. Its answer's head is limited to 64 KiB, and to 100 fields of 4 KiB:
  /// httplib matches the status line with std::regex, whose stack grows with the line's length
  /// (some 4 MiB at 32 KiB, httplib's own limit). Interim answers before it (1xx but 101, RFC 9110
  /// 15.2) are passed over, at most 20 of them; they count towards the limits of the head.
  void begin(CallDeadline deadline);
  /// The answer's body is read next. It may take 256 KiB with what frames it, which is enough for
  /// 64 KiB in chunks of two bytes.
  void end_head();

  /// timeout, connection_lost or response_too_large, once one of them ended the stream; none when
  /// all went well, and when the peer ended it in the ordinary way.
  [[nodiscard]] NetFailure failure() const { return failure_; }
  /// Something of the answer has come.
  [[nodiscard]] bool answered() const { return answered_; }
  /// Nothing has come that was not read, the end of the connection included.
  [[nodiscard]] bool is_quiet() const;

  ssize_t read(char* out, std::size_t size) override;
  ssize_t write(const char* bytes, std::size_t size) override;
  [[nodiscard]] bool is_readable() const override { return next_ < filled_; }
  [[nodiscard]] bool wait_readable() const override;
  [[nodiscard]] bool wait_writable() const override;
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  [[nodiscard]] socket_t socket() const override { return socket_.fd(); }
  [[nodiscard]] time_t duration() const override { return 0; }

 private:
  /// What one try to move bytes came to: a count, 0 for the end, -1 for a failure; or nothing yet,
  /// and the poll events to wait for.
  struct Step {
    ssize_t count = 0;
    short wait_for = 0;
  };

  [[nodiscard]] Step receive_some(std::size_t behind);
  [[nodiscard]] Step send_some(const char* bytes, std::size_t size);
  [[nodiscard]] Step tls_step(int done, std::size_t count) const;
  template <class Try>
  [[nodiscard]] ssize_t persist(Try attempt);
  [[nodiscard]] ssize_t refill();
  [[nodiscard]] bool pass_interim_answers();
  [[nodiscard]] bool starts_interim_answer();
  [[nodiscard]] bool pass_head();
  [[nodiscard]] bool fits(const char* bytes, std::size_t size);
  [[nodiscard]] bool head_fits(char byte);

  TcpSocket socket_;
  TlsSession session_;  ///< uses the socket, so it goes first
  CallDeadline deadline_;
  NetFailure failure_ = NetFailure::none;
  bool answered_ = false;
  bool in_head_ = true;
  bool at_start_ = true;  ///< nothing of the head has been given to httplib
  std::size_t left_ = 0;  ///< bytes that may still come
  std::size_t line_size_ = 0;
  std::size_t lines_ = 0;
  char last_ = '\0';
  std::array<char, 4096> buffer_{};
  const WipeAtEnd wiped_{buffer_};
  std::size_t next_ = 0;
  std::size_t filled_ = 0;
};

}  // namespace cardvault
