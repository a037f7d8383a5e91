#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <utility>

#include "api/outbound/address.h"
#include "vault/wallet/closure_failure.h"

namespace cardvault::api {

/// The moment a call has to be over. Not the vault's clock: that one can be set.
using Deadline = std::chrono::steady_clock::time_point;

/// A value, or the word for why a channel could not be told.
template <class T>
using Told = std::expected<T, CloseFailure>;

/// A connected TCP socket that never blocks; closed with its owner.
class TcpSocket {
 public:
  /// timeout, or connect_failed for every other reason, the lack of file descriptors among them.
  [[nodiscard]] static Told<TcpSocket> connect(const Address& address, std::uint16_t port,
                                               Deadline deadline);

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
  [[nodiscard]] bool wait(short events, Deadline deadline) const;
  /// Bytes or an end have come, though nothing was asked: an idle connection that is no longer
  /// good.
  [[nodiscard]] bool has_news() const;

 private:
  explicit TcpSocket(int fd) : fd_(fd) {}

  int fd_ = -1;
};

}  // namespace cardvault::api
