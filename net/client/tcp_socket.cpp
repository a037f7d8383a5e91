#include "net/client/tcp_socket.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/socket.h"

namespace cardvault {
namespace {

bool is_past(CallDeadline deadline) {
  return std::chrono::steady_clock::now() >= deadline;
}

/// Why the connection that was begun in the background did not come about, 0 when it did.
int connect_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

NetFailure failure_of(int error) {
  return error == ETIMEDOUT ? NetFailure::timeout : NetFailure::connect_failed;
}

}  // namespace

NetResult<TcpSocket> TcpSocket::connect(const Address& address, std::uint16_t port,
                                        CallDeadline deadline) {
  if (is_past(deadline)) return std::unexpected(NetFailure::timeout);
  TcpSocket socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.fd_ < 0) return std::unexpected(NetFailure::connect_failed);
  // A request is two small writes: with Nagle's algorithm the second waits for an acknowledgement.
  const int yes = 1;
  ::setsockopt(socket.fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  socklen_t size = 0;
  const sockaddr_storage peer = address.with_port(port, size);
  const void* const raw = &peer;
  if (::connect(socket.fd_, static_cast<const sockaddr*>(raw), size) == 0) return socket;
  if (errno != EINPROGRESS) return std::unexpected(failure_of(errno));
  if (!socket.wait(POLLOUT, deadline)) return std::unexpected(NetFailure::timeout);
  if (const int error = connect_error(socket.fd_); error != 0) {
    return std::unexpected(failure_of(error));
  }
  return socket;
}

TcpSocket::~TcpSocket() {
  if (fd_ >= 0) ::close(fd_);
}

bool TcpSocket::wait(short events, CallDeadline deadline) const {
  return !is_past(deadline) && wait_for_socket(fd_, events, deadline);
}

bool TcpSocket::has_news() const {
  return wait_for_socket(fd_, POLLIN, {});
}

}  // namespace cardvault
