#include "net/server/doorman.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/socket.h"
#include "crypto/secret.h"

namespace cardvault {
namespace {

/// If the head does not end within these bytes, the request is answered without waiting for more.
constexpr std::size_t kLooksAt = 8192;

/// True if waiting longer is useless: the head is whole or too long, or the peer has gone.
bool head_has_come(int socket) {
  std::array<std::uint8_t, kLooksAt> bytes;
  const ssize_t size = ::recv(socket, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  if (size < 0) return errno != EAGAIN && errno != EINTR;
  const auto seen = std::span(bytes).first(static_cast<std::size_t>(size));
  constexpr std::string_view kEnd = "\r\n\r\n";
  const bool whole = !std::ranges::search(seen, kEnd, {}, {}, [](char c) {
                        return static_cast<std::uint8_t>(c);
                      }).empty();
  wipe(seen);
  return whole || size == 0 || seen.size() == bytes.size();
}

/// Discards the bytes that have come. False if the peer has ended its side.
bool goes_on_sending(int socket) {
  std::array<std::uint8_t, 4096> ignored;
  ssize_t size = 0;
  do {
    size = ::recv(socket, ignored.data(), ignored.size(), MSG_DONTWAIT);
  } while (size > 0);
  wipe(ignored);
  return size < 0 && (errno == EAGAIN || errno == EINTR);
}

}  // namespace

Doorman::Doorman(Answer answer, std::chrono::milliseconds patience)
    : answer_(std::move(answer)), patience_(patience) {}

Doorman::~Doorman() {
  stop();
}

void Doorman::take(int socket) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || !(started_ || start())) return close_connection(socket);
  arrived_.push_back(socket);
  ::eventfd_write(wake_, 1);
}

bool Doorman::start() {
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  events_ = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event woken{.events = EPOLLIN, .data = {.fd = wake_}};
  started_ = wake_ >= 0 && events_ >= 0 && ::epoll_ctl(events_, EPOLL_CTL_ADD, wake_, &woken) == 0;
  try {
    if (started_) thread_ = std::thread([this] { work(); });
  } catch (const std::system_error&) {
    started_ = false;
  }
  if (started_) return true;
  log::write(log::Level::error, "thread_not_started");
  ::close(std::exchange(wake_, -1));
  ::close(std::exchange(events_, -1));
  return false;
}

void Doorman::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (started_) ::eventfd_write(wake_, 1);
  }
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(mutex_);
  for (const int socket : std::exchange(arrived_, {})) close_connection(socket);
  if (!std::exchange(started_, false)) return;
  ::close(wake_);
  ::close(events_);
}

void Doorman::work() {
  std::array<epoll_event, 64> happened;
  for (bool stopping = false; !stopping;) {
    const int count = ::epoll_wait(events_, happened.data(), happened.size(), milliseconds_left());
    const auto seen = static_cast<std::size_t>(std::max(count, 0));
    for (const epoll_event& event : std::span(happened).first(seen)) look_at(event.data.fd);
    admit_arrived();
    while (!guests_.empty() && guests_.front().until <= Clock::now()) leave(guests_.begin());
    const std::lock_guard lock(mutex_);
    stopping = stopping_;
  }
  while (!guests_.empty()) leave(guests_.begin());
}

void Doorman::admit_arrived() {
  std::vector<int> arrived;
  {
    const std::lock_guard lock(mutex_);
    arrived.swap(arrived_);
    eventfd_t ignored = 0;
    ::eventfd_read(wake_, &ignored);
  }
  for (const int socket : arrived) {
    if (guests_.size() >= kMost) leave(guests_.begin());
    guests_.push_back({.socket = socket, .until = Clock::now() + patience_});
    by_socket_[socket] = std::prev(guests_.end());
    // Edge-triggered: each arrival of bytes gives one event, so an unfinished head causes no busy
    // loop.
    epoll_event wanted{.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data = {.fd = socket}};
    if (::epoll_ctl(events_, EPOLL_CTL_ADD, socket, &wanted) != 0) leave(by_socket_[socket]);
  }
}

void Doorman::look_at(int socket) {
  const auto found = by_socket_.find(socket);
  if (found == by_socket_.end()) return;
  const auto guest = found->second;
  if (guest->answered) {
    if (!goes_on_sending(socket)) leave(guest);
  } else if (head_has_come(socket)) {
    answer(guest);
  }
}

void Doorman::answer(Guests::iterator guest) {
  if (!answer_(guest->socket)) return leave(guest);
  // Do not close yet: if more bytes came, the kernel would answer them with a reset, and the peer
  // might never see its answer.
  ::shutdown(guest->socket, SHUT_WR);
  if (!goes_on_sending(guest->socket)) return leave(guest);
  guest->answered = true;
  guest->until = Clock::now() + patience_;
  guests_.splice(guests_.end(), guests_, guest);
}

void Doorman::leave(Guests::iterator guest) {
  by_socket_.erase(guest->socket);
  close_connection(guest->socket);
  guests_.erase(guest);
}

int Doorman::milliseconds_left() const {
  if (guests_.empty()) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(guests_.front().until - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

}  // namespace cardvault
