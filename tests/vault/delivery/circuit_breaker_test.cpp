#include "vault/delivery/circuit_breaker.h"

#include <catch2/catch_test_macros.hpp>

namespace cardvault::test {
namespace {

const Time kStart{std::chrono::seconds{1'795'000'000}};

void fail_times(CircuitBreaker& breaker, int times, Time now) {
  for (int n = 0; n < times; ++n) {
    CHECK(breaker.allows(now));
    breaker.failed(now);
  }
}

}  // namespace

TEST_CASE("circuit breaker: the breaker opens at the fifth failure in a row") {
  CircuitBreaker breaker;
  fail_times(breaker, 4, kStart);
  breaker.succeeded();
  fail_times(breaker, 4, kStart);
  CHECK_FALSE(breaker.is_open());
  fail_times(breaker, 1, kStart);
  CHECK(breaker.is_open());
  CHECK_FALSE(breaker.allows(kStart));
  CHECK(breaker.retry_at() == kStart + CircuitBreaker::kShortestRest);
}

TEST_CASE(
    "circuit breaker: after the rest one probe is allowed and its success closes the breaker") {
  CircuitBreaker breaker;
  fail_times(breaker, 5, kStart);
  const Time rested = kStart + CircuitBreaker::kShortestRest;
  CHECK_FALSE(breaker.allows(rested - std::chrono::milliseconds{1}));
  CHECK(breaker.allows(rested));
  CHECK_FALSE(breaker.allows(rested));
  breaker.succeeded();
  CHECK_FALSE(breaker.is_open());
  CHECK(breaker.allows(rested));
  CHECK(breaker.allows(rested));
}

TEST_CASE("circuit breaker: a failed probe doubles the rest up to five minutes") {
  CircuitBreaker breaker;
  fail_times(breaker, 5, kStart);
  Time now = kStart;
  Seconds rest = CircuitBreaker::kShortestRest;
  for (int n = 0; n < 10; ++n) {
    CHECK(breaker.retry_at() == now + rest);
    now = breaker.retry_at();
    fail_times(breaker, 1, now);
    rest = std::min(rest * 2, CircuitBreaker::kLongestRest);
  }
  CHECK(rest == Seconds{300});
  now = breaker.retry_at();
  CHECK(breaker.allows(now));
  breaker.succeeded();
  fail_times(breaker, 5, now);
  CHECK(breaker.retry_at() == now + CircuitBreaker::kShortestRest);
}

TEST_CASE("circuit breaker: calls begun before the opening do not lengthen the rest") {
  CircuitBreaker breaker;
  fail_times(breaker, 5, kStart);
  breaker.failed(kStart + Seconds{3});
  CHECK(breaker.retry_at() == kStart + CircuitBreaker::kShortestRest);
}

TEST_CASE("circuit breaker: a clock set back does not block a channel") {
  CircuitBreaker breaker;
  fail_times(breaker, 5, kStart);
  CHECK(breaker.allows(kStart - Seconds{3600}));
}

}  // namespace cardvault::test
