#include "net/client/peer_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <string_view>

namespace cardvault {
namespace {

constexpr std::size_t kMaxHead = 65'536;
constexpr std::size_t kMaxFramedBody = 4 * 65'536;
constexpr std::size_t kMaxLine = 4096;
constexpr std::size_t kMaxLines = 1 + CPPHTTPLIB_HEADER_MAX_COUNT;
// A server that is at work says 102 every few seconds; a call takes a minute at most.
constexpr int kMostInterim = 20;
constexpr std::string_view kStatusLine = "HTTP/1.1 100";
constexpr std::size_t kStatusAt = 9;

}  // namespace

void PeerStream::begin(CallDeadline deadline) {
  deadline_ = deadline;
  failure_ = NetFailure::none;
  answered_ = false;
  in_head_ = true;
  at_start_ = true;
  left_ = kMaxHead;
  line_size_ = 0;
  lines_ = 0;
  last_ = '\0';
}

void PeerStream::end_head() {
  in_head_ = false;
  left_ = kMaxFramedBody;
}

bool PeerStream::is_quiet() const {
  const bool decrypted = session_ && ::SSL_has_pending(session_.get()) == 1;
  return !is_readable() && !decrypted && !socket_.has_news();
}

ssize_t PeerStream::read(char* out, std::size_t size) {
  if (failure_ != NetFailure::none) return -1;
  if (at_start_ && !pass_interim_answers()) return failure_ == NetFailure::none ? 0 : -1;
  if (!is_readable()) {
    if (const ssize_t count = refill(); count <= 0) return count;
  }
  const std::size_t count = std::min(size, filled_ - next_);
  std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(next_), count, out);
  next_ += count;
  if (fits(out, count)) return static_cast<ssize_t>(count);
  failure_ = NetFailure::response_too_large;
  return -1;
}

ssize_t PeerStream::write(const char* bytes, std::size_t size) {
  return persist([&] { return send_some(bytes, size); });
}

bool PeerStream::wait_readable() const {
  return is_readable() || socket_.wait(POLLIN, deadline_);
}

bool PeerStream::wait_writable() const {
  return socket_.wait(POLLOUT, deadline_);
}

ssize_t PeerStream::refill() {
  // What was read ahead stays in front.
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(next_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
  filled_ -= next_;
  next_ = 0;
  const ssize_t count = persist([this] { return receive_some(filled_); });
  if (count <= 0) return count;
  filled_ += static_cast<std::size_t>(count);
  answered_ = true;
  return count;
}

/// False when the answer ended before its own head began.
bool PeerStream::pass_interim_answers() {
  for (int passed = 0; starts_interim_answer(); ++passed) {
    if (passed == kMostInterim) failure_ = NetFailure::response_too_large;
    if (failure_ != NetFailure::none || !pass_head()) return false;
  }
  at_start_ = false;
  return failure_ == NetFailure::none;
}

/// False also for what is too short to be one.
bool PeerStream::starts_interim_answer() {
  while (filled_ - next_ < kStatusLine.size()) {
    if (refill() <= 0) return false;
  }
  const std::string_view line(buffer_.data() + next_, kStatusLine.size());
  const std::string_view status = line.substr(kStatusAt);
  return line.starts_with("HTTP/1.") && line[kStatusAt - 1] == ' ' && status.front() == '1' &&
         status != "101";
}

bool PeerStream::pass_head() {
  for (bool ended = false; !ended; ++next_) {
    if (!is_readable() && refill() <= 0) return false;
    const char byte = buffer_.at(next_);
    ended = byte == '\n' && last_ == '\r' && line_size_ == 1;
    if (fits(&byte, 1)) continue;
    failure_ = NetFailure::response_too_large;
    return false;
  }
  return true;
}

template <class Try>
ssize_t PeerStream::persist(Try attempt) {
  while (true) {
    const Step step = attempt();
    if (step.wait_for == 0) {
      if (step.count < 0) failure_ = NetFailure::connection_lost;
      return step.count;
    }
    if (!socket_.wait(step.wait_for, deadline_)) {
      failure_ = NetFailure::timeout;
      return -1;
    }
  }
}

PeerStream::Step PeerStream::receive_some(std::size_t behind) {
  const std::span<char> room = std::span(buffer_).subspan(behind);
  if (session_) {
    std::size_t count = 0;
    ::ERR_clear_error();
    const int done = ::SSL_read_ex(session_.get(), room.data(), room.size(), &count);
    return tls_step(done, count);
  }
  const ssize_t count = ::recv(socket_.fd(), room.data(), room.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {.wait_for = POLLIN};
  return {.count = count};
}

PeerStream::Step PeerStream::send_some(const char* bytes, std::size_t size) {
  if (session_) {
    std::size_t count = 0;
    ::ERR_clear_error();
    const int done = ::SSL_write_ex(session_.get(), bytes, size, &count);
    return tls_step(done, count);
  }
  const ssize_t count = ::send(socket_.fd(), bytes, size, MSG_NOSIGNAL);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {.wait_for = POLLOUT};
  return {.count = count};
}

PeerStream::Step PeerStream::tls_step(int done, std::size_t count) const {
  if (done == 1) return {.count = static_cast<ssize_t>(count)};
  switch (::SSL_get_error(session_.get(), done)) {
    case SSL_ERROR_WANT_READ:
      return {.wait_for = POLLIN};
    case SSL_ERROR_WANT_WRITE:
      return {.wait_for = POLLOUT};
    case SSL_ERROR_ZERO_RETURN:
      return {.count = 0};
    default:
      return {.count = -1};
  }
}

bool PeerStream::fits(const char* bytes, std::size_t size) {
  if (size > left_) return false;
  left_ -= size;
  return !in_head_ ||
         std::ranges::all_of(std::span(bytes, size), [this](char c) { return head_fits(c); });
}

bool PeerStream::head_fits(char byte) {
  ++line_size_;
  const bool ends = byte == '\n' && last_ == '\r';
  last_ = byte;
  if (!ends) return line_size_ < kMaxLine;
  const bool blank = line_size_ <= 2;
  line_size_ = 0;
  if (!blank) ++lines_;
  return lines_ <= kMaxLines;
}

}  // namespace cardvault
