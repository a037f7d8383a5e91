#include "net/server/request_stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <span>

#include "base/socket.h"
#include "crypto/secret.h"

namespace cardvault {
namespace {

constexpr std::size_t kMaxHead = 65'536;

/// Tries the call first, because the socket is mostly ready, and waits only if it is not. If `wait`
/// gives up, returns -1 with EAGAIN.
template <class Call, class Wait>
ssize_t when_ready(Call call, Wait wait) {
  while (true) {
    const ssize_t done = call();
    const bool again = done < 0 && (errno == EINTR || (errno == EAGAIN && wait()));
    if (!again) return done;
  }
}

}  // namespace

RequestStream::RequestStream(socket_t socket, std::chrono::milliseconds write_timeout)
    : socket_(socket), write_timeout_(write_timeout) {}

RequestStream::~RequestStream() {
  wipe(buffer_);
}

void RequestStream::begin(std::chrono::milliseconds time) {
  time_ = time;
  deadline_ = Clock::now() + time;
  in_head_ = true;
  too_late_ = false;
  head_too_large_ = false;
  head_size_ = 0;
  line_size_ = 0;
}

void RequestStream::end_head() {
  in_head_ = false;
  deadline_ = Clock::now() + time_;
}

void RequestStream::wipe_consumed() {
  wipe(std::span(buffer_).first(next_));
}

ssize_t RequestStream::read(char* out, std::size_t size) {
  if (!is_readable()) {
    if (const ssize_t count = refill(); count <= 0) return count;
  }
  const std::size_t count = std::min(size, filled_ - next_);
  std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(next_), count, out);
  next_ += count;
  if (in_head_ && !measure_head(out, count)) return -1;
  return static_cast<ssize_t>(count);
}

ssize_t RequestStream::write(const char* bytes, std::size_t size) {
  if (too_late_) return -1;
  return when_ready([&] { return ::send(socket_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT); },
                    [&] { return wait_writable(); });
}

bool RequestStream::wait_readable() const {
  return is_readable() || wait_for_socket(socket_, POLLIN, deadline_);
}

bool RequestStream::wait_writable() const {
  return wait_for_socket(socket_, POLLOUT, Clock::now() + write_timeout_);
}

ssize_t RequestStream::refill() {
  wipe_consumed();
  next_ = filled_ = 0;
  too_late_ = Clock::now() >= deadline_;
  if (too_late_) return -1;
  const ssize_t count =
      when_ready([&] { return ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT); },
                 [&] {
                   too_late_ = !wait_readable();
                   return !too_late_;
                 });
  if (count > 0) filled_ = static_cast<std::size_t>(count);
  return count;
}

bool RequestStream::measure_head(const char* bytes, std::size_t size) {
  for (const char byte : std::span(bytes, size)) {
    ++head_size_;
    line_size_ = byte == '\n' ? 0 : line_size_ + 1;
    if (line_size_ >= CPPHTTPLIB_HEADER_MAX_LENGTH) head_too_large_ = true;
  }
  if (head_size_ > kMaxHead) head_too_large_ = true;
  return head_size_ <= kMaxHead;
}

}  // namespace cardvault
