#include "vault/wallet/credential.h"

#include <catch2/catch_test_macros.hpp>

#include "vault_fixture.h"

namespace cardvault::test {
namespace {

const auto kPhone = id_of<DeviceId>(1);
const auto kTablet = id_of<DeviceId>(2);
const Time kStart{std::chrono::seconds{1'795'000'000}};

void charge(Credential& credential, const DeviceId& device, Time now, std::uint32_t times) {
  for (std::uint32_t i = 0; i < times; ++i) {
    REQUIRE(code_of(credential.charge_attempt(device, now)) == "ok");
  }
}

/// Failures up to `total` in a row, five per device, a new device each time.
Credential failed_in_a_row(std::uint32_t total) {
  Credential credential;
  for (std::uint32_t i = 0; i < total; ++i) {
    const auto device = id_of<DeviceId>(static_cast<std::uint8_t>(100 + i / kTriesBeforeLock));
    REQUIRE(code_of(credential.charge_attempt(device, kStart)) == "ok");
  }
  return credential;
}

}  // namespace

TEST_CASE("credential: each charge leaves one try less, the fifth leaves none") {
  Credential credential;
  for (std::uint32_t left = 5; left-- > 0;) {
    const auto charged = credential.charge_attempt(kPhone, kStart);
    REQUIRE(code_of(charged) == "ok");
    CHECK(*charged == left);
    CHECK(credential.locked_until(kPhone, kStart).has_value() == (left == 0));
  }
}

TEST_CASE("credential: locked after the fifth charge, for 30 minutes to the millisecond") {
  Credential credential;
  charge(credential, kPhone, kStart, 5);
  const Credential before = credential;
  for (const Seconds later : {Seconds{0}, Seconds{1}, kLockTime - Seconds{1}}) {
    const auto refused = credential.charge_attempt(kPhone, kStart + later);
    REQUIRE(code_of(refused) == "credential_locked");
    CHECK(refused.error().retry_after == kLockTime - later);
  }
  const Time last = kStart + kLockTime - std::chrono::milliseconds{1};
  const auto refused = credential.charge_attempt(kPhone, last);
  REQUIRE(code_of(refused) == "credential_locked");
  CHECK(refused.error().retry_after == Seconds{1});
  CHECK(credential == before);
  CHECK_FALSE(credential.locked_until(kPhone, kStart + kLockTime).has_value());
  const auto charged = credential.charge_attempt(kPhone, kStart + kLockTime);
  REQUIRE(code_of(charged) == "ok");
  CHECK(*charged == 4);
}

TEST_CASE("credential: after a lock has passed there are five tries again, then a lock again") {
  Credential credential;
  charge(credential, kPhone, kStart, 5);
  charge(credential, kPhone, kStart + kLockTime, 5);
  CHECK(code_of(credential.charge_attempt(kPhone, kStart + kLockTime)) == "credential_locked");
  CHECK(credential.consecutive_failures == 10);
}

TEST_CASE("credential: one device's failures do not lock another") {
  Credential credential;
  charge(credential, kPhone, kStart, 5);
  CHECK_FALSE(credential.locked_until(kTablet, kStart).has_value());
  const auto charged = credential.charge_attempt(kTablet, kStart);
  REQUIRE(code_of(charged) == "ok");
  CHECK(*charged == 4);
}

TEST_CASE("credential: success gives the device its five tries back and ends the row") {
  Credential credential;
  charge(credential, kPhone, kStart, 4);
  charge(credential, kTablet, kStart, 2);
  credential.record_success(kPhone);
  CHECK(credential.consecutive_failures == 0);
  CHECK(credential.charge_attempt(kPhone, kStart) == 4U);
  CHECK(credential.charge_attempt(kTablet, kStart) == 2U);
}

TEST_CASE("credential: success on the fifth try opens the lock that its charge set") {
  Credential credential;
  charge(credential, kPhone, kStart, 5);
  credential.record_success(kPhone);
  CHECK(credential.charge_attempt(kPhone, kStart) == 4U);
}

TEST_CASE("credential: one device's success does not open another's lock") {
  Credential credential;
  charge(credential, kTablet, kStart, 5);
  charge(credential, kPhone, kStart, 1);
  credential.record_success(kPhone);
  CHECK(code_of(credential.charge_attempt(kTablet, kStart)) == "credential_locked");
}

TEST_CASE("credential: 100 failures in a row, over any devices, void it for good") {
  Credential credential = failed_in_a_row(99);
  CHECK_FALSE(credential.is_void());
  REQUIRE(code_of(credential.charge_attempt(kPhone, kStart)) == "ok");
  CHECK(credential.is_void());
  const Credential before = credential;
  for (const auto& device : {kPhone, kTablet}) {
    CHECK(code_of(credential.charge_attempt(device, kStart)) == "credential_void");
    CHECK(code_of(credential.charge_attempt(device, kStart + 1000 * kLockTime)) ==
          "credential_void");
  }
  CHECK(credential == before);
}

TEST_CASE("credential: a right answer on the hundredth try is still a success") {
  Credential credential = failed_in_a_row(99);
  REQUIRE(code_of(credential.charge_attempt(kPhone, kStart)) == "ok");
  credential.record_success(kPhone);
  CHECK_FALSE(credential.is_void());
  CHECK(credential.charge_attempt(kPhone, kStart) == 4U);
}

TEST_CASE("credential: waiting out locks does not escape the hundred") {
  Credential credential;
  Time now = kStart;
  for (int round = 0; round < 20; ++round, now += kLockTime) charge(credential, kPhone, now, 5);
  CHECK(code_of(credential.charge_attempt(kPhone, now)) == "credential_void");
}

TEST_CASE("credential: method names lead back to their methods") {
  for (const UnlockMethod method : kUnlockMethods) {
    CHECK(parse_method(method_name(method)) == method);
  }
  for (const std::string_view word : {"", "Password", "pin", "gesture "}) {
    CHECK_FALSE(parse_method(word).has_value());
  }
}

}  // namespace cardvault::test
