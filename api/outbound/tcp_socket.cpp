#include "api/outbound/tcp_socket.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace cardvault::api {
namespace {

/// Whole milliseconds, rounded up: rounded down, the last one would be waited for in a busy loop.
std::int64_t left_ms(Deadline deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return std::chrono::ceil<std::chrono::milliseconds>(left).count();
}

bool is_ready(int fd, short events, int wait_ms) {
  pollfd watched{.fd = fd, .events = events, .revents = 0};
  return ::poll(&watched, 1, wait_ms) > 0;
}

/// Why the connection that was begun in the background did not come about, 0 when it did.
int connect_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

CloseFailure failure_of(int error) {
  return error == ETIMEDOUT ? CloseFailure::timeout : CloseFailure::connect_failed;
}

}  // namespace

Told<TcpSocket> TcpSocket::connect(const Address& address, std::uint16_t port, Deadline deadline) {
  if (left_ms(deadline) <= 0) return std::unexpected(CloseFailure::timeout);
  TcpSocket socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.fd_ < 0) return std::unexpected(CloseFailure::connect_failed);
  // A request is two small writes: with Nagle's algorithm the second waits for an acknowledgement.
  const int yes = 1;
  ::setsockopt(socket.fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  socklen_t size = 0;
  const sockaddr_storage peer = address.with_port(port, size);
  const void* const raw = &peer;
  if (::connect(socket.fd_, static_cast<const sockaddr*>(raw), size) == 0) return socket;
  if (errno != EINPROGRESS) return std::unexpected(failure_of(errno));
  if (!socket.wait(POLLOUT, deadline)) return std::unexpected(CloseFailure::timeout);
  if (const int error = connect_error(socket.fd_); error != 0) {
    return std::unexpected(failure_of(error));
  }
  return socket;
}

TcpSocket::~TcpSocket() {
  if (fd_ >= 0) ::close(fd_);
}

bool TcpSocket::wait(short events, Deadline deadline) const {
  constexpr std::int64_t kLongest = 60'000;
  for (auto left = left_ms(deadline); left > 0; left = left_ms(deadline)) {
    if (is_ready(fd_, events, static_cast<int>(std::min(left, kLongest)))) return true;
  }
  return false;
}

bool TcpSocket::has_news() const {
  return is_ready(fd_, POLLIN, 0);
}

}  // namespace cardvault::api
