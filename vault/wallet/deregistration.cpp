#include "vault/wallet/deregistration.h"

#include <algorithm>

namespace cardvault {
namespace {

constexpr std::chrono::milliseconds kOnePast{1};

template <class Closures>
auto* find_in(Closures& closures, Channel channel) {
  const auto found = std::ranges::find(closures, channel, &Closure::channel);
  return found == closures.end() ? nullptr : &*found;
}

void keep_earlier(std::optional<Time>& earliest, const std::optional<Time>& other) {
  if (other && (!earliest || *other < *earliest)) earliest = other;
}

}  // namespace

void Closure::close(Time now, const Digest& acknowledgement_of) {
  if (!is_open()) return;
  state = ClosureState::closed;
  failures = 0;
  next_attempt_at.reset();
  closed_at = now;
  acknowledgement = acknowledgement_of;
}

void Closure::await_report(Time told, Time report_by) {
  if (!is_open()) return;
  if (state == ClosureState::closing) fail(CloseFailure::not_acknowledged, 0, report_by);
  told_at = told;
  state = ClosureState::closing;
  next_attempt_at = report_by;
}

void Closure::fail(CloseFailure why, std::uint16_t status, Time again_at) {
  if (!is_open()) return;
  state = ClosureState::pending;
  ++failures;
  last_failure = why;
  last_status = status;
  next_attempt_at = again_at;
}

void Closure::postpone(CloseFailure why, Time again_at) {
  if (!is_open()) return;
  if (last_failure == CloseFailure::none) last_failure = why;
  next_attempt_at = again_at;
}

void Closure::start_over(Time now) {
  if (!is_open()) return;
  state = ClosureState::pending;
  failures = 0;
  next_attempt_at = now;
}

bool Deregistration::is_closed() const {
  return std::ranges::none_of(closures, &Closure::is_open);
}

Time Deregistration::closed_at() const {
  Time last = requested_at;
  for (const Closure& closure : closures) last = std::max(last, closure.closed_at.value_or(last));
  return last;
}

Closure* Deregistration::find_closure(Channel channel) {
  return find_in(closures, channel);
}

const Closure* Deregistration::find_closure(Channel channel) const {
  return find_in(closures, channel);
}

std::optional<Time> Deregistration::next_due() const {
  std::optional<Time> earliest;
  if (is_closed()) return earliest;
  for (const Closure& closure : closures) keep_earlier(earliest, closure.next_attempt_at);
  if (!overdue_since) keep_earlier(earliest, deadline + kOnePast);
  return earliest;
}

std::string_view deregistration_state_name(const Deregistration& one, Time now) {
  if (one.is_closed()) return "closed";
  return one.is_overdue(now) ? "overdue" : "closing";
}

std::string_view closure_state_name(const Closure& closure, Time deadline, Time now) {
  if (closure.state == ClosureState::closed) return "closed";
  if (now > deadline) return "overdue";
  return closure.state == ClosureState::closing ? "closing" : "pending";
}

std::string message_id(const DeregistrationId& id, Channel channel) {
  return id.text().append(".").append(channel_name(channel));
}

}  // namespace cardvault
