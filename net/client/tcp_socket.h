#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <utility>

#include "net/client/address.h"
#include "net/client/net_failure.h"

namespace cardvault {

/// The moment a call has to be over. Not the vault's clock: that one can be set.
using CallDeadline = std::chrono::steady_clock::time_point;

/// A value, or why there is none.
template <class T>
using NetResult = std::expected<T, NetFailure>;

/// A connected TCP socket that never blocks; closed with its owner.
class TcpSocket {
 public:
  /// timeout, or connect_failed for every other reason, the lack of file descriptors among them.
  [[nodiscard]] static NetResult<TcpSocket> connect(const Address& address, std::uint16_t port,
                                                    CallDeadline deadline);

  TcpSocket() = default;
  ~TcpSocket();
  TcpSocket(TcpSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  TcpSocket& operator=(TcpSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  TcpSocket(const TcpSocket&) = delete;
  TcpSocket& operator=(const TcpSocket&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  /// Waits for poll events (POLLIN, POLLOUT); false when the deadline came first, or had come.
  [[nodiscard]] bool wait(short events, CallDeadline deadline) const;
  /// Bytes or an end have come, though nothing was asked: an idle connection that is no longer
  /// good.
  [[nodiscard]] bool has_news() const;

 private:
  explicit TcpSocket(int fd) : fd_(fd) {}

  int fd_ = -1;
};

}  // namespace cardvault
