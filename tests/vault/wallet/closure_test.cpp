#include <catch2/catch_test_macros.hpp>

#include "tests/vault/vault_fixture.h"
#include "vault/wallet/deregistration.h"

namespace cardvault::test {
namespace {

const Time kStart{std::chrono::seconds{1'795'000'000}};
const Time kLater = kStart + Seconds{60};

Closure pending() {
  return {.channel = Channel::alipay, .next_attempt_at = kStart};
}

Deregistration with(std::vector<Closure> closures) {
  Deregistration one;
  one.id = id_of<DeregistrationId>(1);
  one.requested_at = kStart;
  one.deadline = kStart + Seconds{7 * 24 * 3600};
  one.closures = std::move(closures);
  return one;
}

}  // namespace

TEST_CASE("closure: a closed closure has its time and digest and is not due") {
  Closure closure = pending();
  closure.close(kLater, digest_of("answer"));
  CHECK(closure.state == ClosureState::closed);
  CHECK(closure.closed_at == kLater);
  CHECK(closure.acknowledgement == digest_of("answer"));
  CHECK_FALSE(closure.next_attempt_at.has_value());
}

TEST_CASE("closure: a closed closure does not change by failure, report or second answer") {
  Closure closure = pending();
  closure.close(kLater, digest_of("answer"));
  const Closure before = closure;
  closure.fail(CloseFailure::timeout, 0, kLater + Seconds{5});
  closure.await_report(kLater, kLater + Seconds{5});
  closure.close(kLater + Seconds{9}, digest_of("another"));
  CHECK(closure == before);
}

TEST_CASE("closure: a failure makes the closure pending with its reason and a failure count") {
  Closure closure = pending();
  closure.fail(CloseFailure::http_status, 503, kLater);
  closure.fail(CloseFailure::timeout, 0, kLater + Seconds{9});
  CHECK(closure.state == ClosureState::pending);
  CHECK(closure.failures == 2);
  CHECK(closure.last_failure == CloseFailure::timeout);
  CHECK(closure.last_status == 0);
  CHECK(closure.next_attempt_at == kLater + Seconds{9});
}

TEST_CASE("closure: a missing report counts as a failure when the channel is told again") {
  Closure closure = pending();
  closure.await_report(kStart, kLater);
  CHECK(closure.state == ClosureState::closing);
  CHECK(closure.told_at == kStart);
  CHECK(closure.next_attempt_at == kLater);
  CHECK(closure.last_failure == CloseFailure::none);
  closure.await_report(kLater, kLater + Seconds{60});
  CHECK(closure.state == ClosureState::closing);
  CHECK(closure.last_failure == CloseFailure::not_acknowledged);
  CHECK(closure.failures == 1);
  CHECK(closure.next_attempt_at == kLater + Seconds{60});
}

TEST_CASE("deregistration: the deregistration closes with its last closure at the same time") {
  Deregistration one = with({pending(), {.channel = Channel::wearable, .next_attempt_at = kStart}});
  one.closures[0].close(kLater, {});
  CHECK_FALSE(one.is_closed());
  one.closures[1].close(kLater + Seconds{1}, {});
  CHECK(one.is_closed());
  CHECK(one.closed_at() == kLater + Seconds{1});
  CHECK_FALSE(one.next_due().has_value());
  CHECK(with({}).is_closed());
  CHECK(with({}).closed_at() == kStart);
}

TEST_CASE("deregistration: an open one is overdue from the first millisecond after its deadline") {
  Deregistration one = with({pending()});
  const auto just_after = one.deadline + std::chrono::milliseconds{1};
  CHECK(deregistration_state_name(one, one.deadline) == "closing");
  CHECK(deregistration_state_name(one, just_after) == "overdue");
  CHECK(closure_state_name(one.closures[0], one.deadline, one.deadline) == "pending");
  CHECK(closure_state_name(one.closures[0], one.deadline, just_after) == "overdue");
  one.closures[0].close(just_after, {});
  CHECK(deregistration_state_name(one, just_after) == "closed");
  CHECK(closure_state_name(one.closures[0], one.deadline, just_after) == "closed");
}

TEST_CASE(
    "deregistration: it is due at its earliest attempt or just after its deadline until recorded") {
  Deregistration one = with({pending(), {.channel = Channel::wearable, .next_attempt_at = kLater}});
  CHECK(one.next_due() == kStart);
  one.closures[0].fail(CloseFailure::timeout, 0, one.deadline + Seconds{3600});
  CHECK(one.next_due() == kLater);
  one.closures[1].close(kLater, {});
  CHECK(one.next_due() == one.deadline + std::chrono::milliseconds{1});
  one.overdue_since = one.deadline + Seconds{1};
  CHECK(one.next_due() == one.deadline + Seconds{3600});
}

TEST_CASE("deregistration: every message about one closure has the same unique id") {
  const auto one = id_of<DeregistrationId>(1);
  CHECK(message_id(one, Channel::alipay) == one.text() + ".alipay");
  CHECK(message_id(one, Channel::alipay) != message_id(one, Channel::wearable));
  CHECK(message_id(one, Channel::alipay) !=
        message_id(id_of<DeregistrationId>(2), Channel::alipay));
}

}  // namespace cardvault::test
