#include "api/request_stream.h"

#include <algorithm>
#include <span>

#include "crypto/secret.h"

namespace cardvault::api {
namespace {

constexpr std::size_t kMaxHead = 65'536;

time_t whole_seconds(std::chrono::microseconds time) {
  return static_cast<time_t>(time / std::chrono::seconds(1));
}
time_t rest(std::chrono::microseconds time) {
  return static_cast<time_t>((time % std::chrono::seconds(1)).count());
}

}  // namespace

RequestStream::RequestStream(socket_t socket, std::chrono::milliseconds write_timeout)
    : inner_(socket, 0, 0, whole_seconds(write_timeout), rest(write_timeout)) {}

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
  return too_late_ ? -1 : inner_.write(bytes, size);
}

ssize_t RequestStream::refill() {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
  inner_.set_read_timeout(whole_seconds(left), rest(left));
  wipe_consumed();
  next_ = filled_ = 0;
  too_late_ = left.count() <= 0;
  if (too_late_) return -1;
  const ssize_t count = inner_.read(reinterpret_cast<char*>(buffer_.data()), buffer_.size());
  if (count > 0) filled_ = static_cast<std::size_t>(count);
  too_late_ = count < 0 && inner_.get_error() == httplib::Error::Timeout;
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

}  // namespace cardvault::api
