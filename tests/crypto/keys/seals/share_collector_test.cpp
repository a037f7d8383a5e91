#include "crypto/keys/seals/share_collector.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <thread>

#include "crypto/keys/error_codes.h"
#include "crypto/random.h"
#include "tests/crypto/keys/seals/seal_bytes.h"

using namespace cardvault;
using namespace cardvault::test;
using namespace std::chrono_literals;
using Moment = ShareCollector::Moment;
using Progress = ShareCollector::Progress;

namespace {

SystemRandom system_random;

constexpr Moment kStart{1000h};

/// A root key in shares and a key wrapped under it.
struct Shared {
  explicit Shared(std::uint32_t threshold = 3, std::uint32_t count = 5)
      : ceremony(Ceremony::make(threshold, count, {}, system_random).value()),
        root(SecretBytes::random(kSharedRootSize, system_random)),
        shares(split_root(ceremony, root.expose(), system_random)),
        wrapped(ShamirSeal(ceremony, root.clone(), system_random).wrap(some_key()).value()) {}

  [[nodiscard]] SecretText text(std::size_t index) const { return shares.at(index - 1).text(); }

  Ceremony ceremony;
  SecretBytes root;
  std::vector<Share> shares;
  Bytes wrapped;
};

/// One meeting of custodians.
struct Meeting {
  Result<ShareCollector::Outcome> give(const SecretText& typed, ByteView wrapped) {
    return collector.offer(typed, wrapped, now);
  }
  Progress progress(const Shared& shared) {
    return collector.progress(shared.wrapped, now).value();
  }

  ShareCollector collector{system_random};
  Moment now = kStart;
};

bool progressed(const Result<ShareCollector::Outcome>& outcome, Progress to) {
  return outcome && std::holds_alternative<Progress>(*outcome) &&
         std::get<Progress>(*outcome) == to;
}

bool opened(const Result<ShareCollector::Outcome>& outcome) {
  if (!outcome || !std::holds_alternative<ShareCollector::Opened>(*outcome)) return false;
  const auto& key = std::get<ShareCollector::Opened>(*outcome).key;
  return equal_constant_time(key.expose(), some_key().expose());
}

bool refused(const Result<ShareCollector::Outcome>& outcome) {
  return !outcome && outcome.error().code == KeyError::share_refused &&
         outcome.error().detail == share_refused("").detail && outcome.error().fields.empty();
}

/// A well-formed share of the right ceremony with the right check, but another value.
SecretText forged(const Shared& shared, std::size_t index) {
  const Share& real = shared.shares.at(index - 1);
  Share share{real.ceremony, real.threshold, real.shares, {real.point.x, real.point.y.clone()}};
  share.point.y.expose_mutable()[31] ^= 1U;
  return share.text();
}

SecretText mistyped(const Shared& shared, std::size_t index) {
  std::string text(shared.text(index).expose());
  text[20] = text[20] == '7' ? '8' : '7';
  return SecretText(text);
}

SecretText with_numbers(const Shared& shared, std::uint8_t threshold, std::uint8_t count) {
  const shamir::Point& point = shared.shares.at(1).point;
  return Share{shared.ceremony.id, threshold, count, {point.x, point.y.clone()}}.text();
}

}  // namespace

TEST_CASE("share collector: the last needed share opens the key, in any order") {
  const Shared shared;
  Meeting meeting;
  CHECK(meeting.progress(shared) == Progress{0, 3});
  CHECK(progressed(meeting.give(shared.text(4), shared.wrapped), {1, 3}));
  CHECK(progressed(meeting.give(shared.text(1), shared.wrapped), {2, 3}));
  CHECK(meeting.progress(shared) == Progress{2, 3});
  CHECK(opened(meeting.give(shared.text(3), shared.wrapped)));
}

TEST_CASE("share collector: the seal returned with the key wraps and unwraps for the ceremony") {
  const Shared shared(2, 2);
  Meeting meeting;
  REQUIRE(meeting.give(shared.text(1), shared.wrapped).has_value());
  auto outcome = meeting.give(shared.text(2), shared.wrapped);
  REQUIRE(opened(outcome));
  auto& seal = *std::get<ShareCollector::Opened>(*outcome).seal;
  CHECK(seal.ceremony() == shared.ceremony);
  CHECK(is_some_key(seal.unwrap(shared.wrapped)));
  CHECK(is_some_key(ShamirSeal(shared.ceremony, shared.root.clone(), system_random)
                        .unwrap(seal.wrap(some_key()).value())));
}

TEST_CASE("share collector: after opening all shares are forgotten") {
  const Shared shared(2, 3);
  Meeting meeting;
  REQUIRE(meeting.give(shared.text(1), shared.wrapped).has_value());
  REQUIRE(opened(meeting.give(shared.text(2), shared.wrapped)));
  CHECK(meeting.progress(shared) == Progress{0, 2});
  CHECK(progressed(meeting.give(shared.text(3), shared.wrapped), {1, 2}));
}

TEST_CASE("share collector: every refusal has the same words and changes nothing") {
  const Shared shared;
  const Shared other;
  Meeting meeting;
  REQUIRE(meeting.give(shared.text(1), shared.wrapped).has_value());
  CHECK(refused(meeting.give(shared.text(1), shared.wrapped)));
  CHECK(refused(meeting.give(forged(shared, 1), shared.wrapped)));
  CHECK(refused(meeting.give(other.text(2), shared.wrapped)));
  CHECK(refused(meeting.give(mistyped(shared, 2), shared.wrapped)));
  CHECK(refused(meeting.give(with_numbers(shared, 2, 5), shared.wrapped)));
  CHECK(refused(meeting.give(with_numbers(shared, 3, 4), shared.wrapped)));
  CHECK(refused(meeting.give(SecretText(), shared.wrapped)));
  CHECK(refused(meeting.give(SecretText(std::string(10'000, 'a')), shared.wrapped)));
  CHECK(meeting.progress(shared) == Progress{1, 3});
  REQUIRE(meeting.give(shared.text(2), shared.wrapped).has_value());
  CHECK(opened(meeting.give(shared.text(3), shared.wrapped)));
}

TEST_CASE("share collector: a forged share with a right check opens nothing and ends the attempt") {
  const Shared shared;
  for (std::size_t place = 1; place <= 3; ++place) {
    CAPTURE(place);
    Meeting meeting;
    for (std::size_t i = 1; i <= 2; ++i) {
      const auto outcome =
          meeting.give(i == place ? forged(shared, i) : shared.text(i), shared.wrapped);
      CHECK(progressed(outcome, {static_cast<std::uint8_t>(i), 3}));
    }
    CHECK(refused(meeting.give(place == 3 ? forged(shared, 3) : shared.text(3), shared.wrapped)));
    CHECK(meeting.progress(shared) == Progress{0, 3});
    for (std::size_t i = 1; i <= 2; ++i) {
      REQUIRE(meeting.give(shared.text(i), shared.wrapped).has_value());
    }
    CHECK(opened(meeting.give(shared.text(3), shared.wrapped)));
  }
}

TEST_CASE("share collector: a wrapped key with a flipped bit does not open with the right shares") {
  const Shared shared(2, 2);
  for (std::size_t bit = 0; bit < shared.wrapped.size() * 8; ++bit) {
    Meeting meeting;
    const Bytes changed = flipped(shared.wrapped, bit);
    const auto first = meeting.give(shared.text(1), changed);
    const auto second = meeting.give(shared.text(2), changed);
    CHECK((corrupt(first) || refused(first) || progressed(first, {1, 2})));
    CHECK((corrupt(second) || refused(second)));
  }
}

TEST_CASE("share collector: a wrapped key cut at any length is corrupt and costs no share") {
  const Shared shared;
  Meeting meeting;
  REQUIRE(meeting.give(shared.text(1), shared.wrapped).has_value());
  for (std::size_t size = 0; size < shared.wrapped.size(); ++size) {
    const ByteView cut = ByteView(shared.wrapped).first(size);
    CHECK(corrupt(meeting.give(shared.text(2), cut)));
    CHECK(corrupt(meeting.collector.progress(cut, meeting.now)));
  }
  CHECK(meeting.progress(shared) == Progress{1, 3});
}

TEST_CASE("share collector: a key of another ceremony drops the shares of the one before") {
  const Shared before;
  const Shared after;
  Meeting meeting;
  REQUIRE(meeting.give(before.text(1), before.wrapped).has_value());
  REQUIRE(meeting.give(before.text(2), before.wrapped).has_value());
  SECTION("by a share") {
    CHECK(progressed(meeting.give(after.text(1), after.wrapped), {1, 3}));
    CHECK(meeting.progress(before) == Progress{0, 3});
  }
  SECTION("by a refused share") {
    CHECK(refused(meeting.give(before.text(3), after.wrapped)));
    CHECK(meeting.progress(before) == Progress{0, 3});
  }
  SECTION("by a query of the progress") {
    CHECK(meeting.progress(after) == Progress{0, 3});
    CHECK(meeting.progress(before) == Progress{0, 3});
  }
}

TEST_CASE("share collector: a key wrapped again for the same ceremony keeps the shares") {
  const Shared shared(2, 2);
  const Bytes again =
      ShamirSeal(shared.ceremony, shared.root.clone(), system_random).wrap(some_key()).value();
  Meeting meeting;
  REQUIRE(meeting.give(shared.text(1), shared.wrapped).has_value());
  CHECK(opened(meeting.give(shared.text(2), again)));
}

TEST_CASE("share collector: shares are forgotten on request and ten minutes after the last one") {
  const Shared shared;
  Meeting meeting;
  REQUIRE(meeting.give(shared.text(1), shared.wrapped).has_value());
  meeting.now += 10min - 1ms;
  REQUIRE(progressed(meeting.give(shared.text(2), shared.wrapped), {2, 3}));
  SECTION("a new share restarts the ten minutes") {
    meeting.now += 10min - 1ms;
    CHECK(opened(meeting.give(shared.text(3), shared.wrapped)));
  }
  SECTION("the next share comes too late") {
    meeting.now += 10min;
    CHECK(progressed(meeting.give(shared.text(3), shared.wrapped), {1, 3}));
  }
  SECTION("a refused share does not restart the ten minutes") {
    meeting.now += 9min;
    CHECK(refused(meeting.give(shared.text(2), shared.wrapped)));
    meeting.now += 1min;
    CHECK(meeting.progress(shared) == Progress{0, 3});
  }
  SECTION("on request") {
    meeting.collector.forget();
    CHECK(meeting.progress(shared) == Progress{0, 3});
  }
}

TEST_CASE("share collector: of custodians at the same time exactly one gets the key") {
  const Shared shared(16, 16);
  Meeting meeting;
  std::atomic<int> keys = 0;
  std::atomic<int> waits = 0;
  {
    std::vector<std::jthread> custodians;
    for (std::size_t index = 1; index <= 16; ++index) {
      custodians.emplace_back([&, index] {
        const auto outcome = meeting.give(shared.text(index), shared.wrapped);
        if (opened(outcome)) ++keys;
        if (outcome && std::holds_alternative<Progress>(*outcome)) ++waits;
      });
    }
  }
  CHECK(keys == 1);
  CHECK(waits == 15);
}
