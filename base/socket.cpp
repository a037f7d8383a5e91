#include "base/socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace cardvault {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::int64_t kLongestWait = 60'000;

/// Rounds up. Rounding down would turn the last millisecond into a busy loop.
int milliseconds_until(SteadyClock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kLongestWait));
}

}  // namespace

bool wait_for_socket(int fd, short events, SteadyClock::time_point deadline) {
  pollfd watched{.fd = fd, .events = events, .revents = 0};
  do {
    const int ready = ::poll(&watched, 1, milliseconds_until(deadline));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  } while (SteadyClock::now() < deadline);
  return false;
}

void close_connection(int fd) {
  ::shutdown(fd, SHUT_RDWR);
  ::close(fd);
}

}  // namespace cardvault
