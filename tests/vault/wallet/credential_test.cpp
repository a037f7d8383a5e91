#include "vault/wallet/credential.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

const auto kPhone = id_of<DeviceId>(1);
const auto kTablet = id_of<DeviceId>(2);
const Time kStart{std::chrono::seconds{1'795'000'000}};

/// The next charge of a series, each with its own id.
Charge charge_of(const DeviceId& device, Time now) {
  static std::uint8_t number = 0;
  return {id_of<ChargeId>(++number), device, now};
}

ChargeId begin(Credential& credential, const DeviceId& device, Time now) {
  const Charge charge = charge_of(device, now);
  REQUIRE(code_of(credential.begin_try(charge)) == "ok");
  return charge.id;
}

FailedTry fail_once(Credential& credential, const DeviceId& device, Time now) {
  return credential.fail_try(begin(credential, device, now), now);
}

void fail_times(Credential& credential, const DeviceId& device, Time now, int times) {
  for (int i = 0; i < times; ++i) (void)fail_once(credential, device, now);
}

Status refused(Credential& credential, const DeviceId& device, Time now) {
  const Credential before = credential;
  auto outcome = credential.begin_try(charge_of(device, now));
  CHECK_FALSE(outcome.has_value());
  CHECK(credential == before);
  return outcome;
}

/// Fails `total` times in a row, five times per device.
Credential failed_in_a_row(std::uint32_t total) {
  Credential credential;
  for (std::uint32_t i = 0; i < total; ++i) {
    const auto device = id_of<DeviceId>(static_cast<std::uint8_t>(100 + i / kTriesBeforeLock));
    (void)fail_once(credential, device, kStart);
  }
  return credential;
}

}  // namespace

TEST_CASE("credential: each failure leaves one attempt less and the fifth locks") {
  Credential credential;
  for (std::uint32_t left = 5; left-- > 0;) {
    const FailedTry failed = fail_once(credential, kPhone, kStart);
    CHECK(failed.attempts_left == left);
    CHECK(failed.locked == (left == 0));
    CHECK_FALSE(failed.voided);
    CHECK(credential.locked_until(kPhone, kStart).has_value() == (left == 0));
  }
  CHECK(credential.in_flight.empty());
}

TEST_CASE("credential: any number of attempts without a verdict neither locks nor voids") {
  Credential credential;
  for (int i = 0; i < 200; ++i) {
    const ChargeId charge = begin(credential, kPhone, kStart);
    CHECK(credential.give_back(charge));
    CHECK_FALSE(credential.give_back(charge));
  }
  Time now = kStart;
  for (int i = 0; i < 200; ++i, now += kChargeLease) (void)begin(credential, kPhone, now);
  CHECK_FALSE(credential.locked_until(kPhone, now).has_value());
  CHECK(credential.consecutive_failures == 0);
  CHECK(credential.in_flight.size() == 1);
}

TEST_CASE("credential: five charges in flight are busy and not locked until one ends") {
  Credential credential;
  std::vector<ChargeId> charges;
  for (int i = 0; i < 5; ++i) charges.push_back(begin(credential, kPhone, kStart));
  const auto busy = refused(credential, kPhone, kStart);
  REQUIRE(code_of(busy) == "busy");
  CHECK(busy.error().retry_after == kBusyRetry);
  CHECK(code_of(credential.begin_try(charge_of(kTablet, kStart))) == "ok");
  CHECK(credential.give_back(charges[2]));
  charges[2] = begin(credential, kPhone, kStart);
  CHECK(code_of(refused(credential, kPhone, kStart)) == "busy");
  for (std::uint32_t left = 5; left-- > 0;) {
    CHECK(code_of(refused(credential, kPhone, kStart)) == "busy");
    CHECK(credential.fail_try(charges[left], kStart).attempts_left == left);
  }
  CHECK(code_of(refused(credential, kPhone, kStart)) == "credential_locked");
}

TEST_CASE("credential: failures and charges in flight together are at most five") {
  for (int failures = 0; failures < 5; ++failures) {
    Credential credential;
    fail_times(credential, kPhone, kStart, failures);
    for (int i = failures; i < 5; ++i) (void)begin(credential, kPhone, kStart);
    CHECK(code_of(refused(credential, kPhone, kStart)) == "busy");
  }
}

TEST_CASE("credential: a charge and its verdict end with the lease to the millisecond") {
  Credential credential;
  std::vector<ChargeId> charges;
  for (int i = 0; i < 5; ++i) charges.push_back(begin(credential, kPhone, kStart));
  const std::chrono::milliseconds tick{1};
  CHECK(code_of(refused(credential, kPhone, kStart + kChargeLease - tick)) == "busy");
  (void)begin(credential, kPhone, kStart + kChargeLease);
  CHECK(credential.in_flight.size() == 1);
  for (const ChargeId& charge : charges) CHECK_FALSE(credential.has_charge(charge));
}

TEST_CASE("credential: after the fifth failure the credential is locked for exactly 30 minutes") {
  Credential credential;
  fail_times(credential, kPhone, kStart, 5);
  for (const Seconds later : {Seconds{0}, Seconds{1}, kLockTime - Seconds{1}}) {
    const auto locked = refused(credential, kPhone, kStart + later);
    REQUIRE(code_of(locked) == "credential_locked");
    CHECK(locked.error().retry_after == kLockTime - later);
  }
  const Time last = kStart + kLockTime - std::chrono::milliseconds{1};
  const auto locked = refused(credential, kPhone, last);
  REQUIRE(code_of(locked) == "credential_locked");
  CHECK(locked.error().retry_after == Seconds{1});
  CHECK_FALSE(credential.locked_until(kPhone, kStart + kLockTime).has_value());
  CHECK(fail_once(credential, kPhone, kStart + kLockTime).attempts_left == 4);
}

TEST_CASE("credential: a lock ends at most 30 minutes from now") {
  Credential credential;
  const Time ahead = kStart + Seconds{24 * 3600};
  fail_times(credential, kPhone, ahead, 5);
  CHECK(credential.locked_until(kPhone, kStart) == kStart + kLockTime);
  CHECK(refused(credential, kPhone, kStart).error().retry_after == kLockTime);
}

TEST_CASE("credential: after a lock there are five attempts again and then another lock") {
  Credential credential;
  fail_times(credential, kPhone, kStart, 5);
  fail_times(credential, kPhone, kStart + kLockTime, 5);
  CHECK(code_of(refused(credential, kPhone, kStart + kLockTime)) == "credential_locked");
  CHECK(credential.consecutive_failures == 10);
}

TEST_CASE("credential: one device's failures do not lock another") {
  Credential credential;
  fail_times(credential, kPhone, kStart, 5);
  CHECK_FALSE(credential.locked_until(kTablet, kStart).has_value());
  CHECK(fail_once(credential, kTablet, kStart).attempts_left == 4);
}

TEST_CASE("credential: a success restores the five attempts of its device and ends the row") {
  Credential credential;
  fail_times(credential, kPhone, kStart, 4);
  fail_times(credential, kTablet, kStart, 2);
  const ChargeId beside = begin(credential, kTablet, kStart);
  credential.pass_try(begin(credential, kPhone, kStart));
  CHECK(credential.consecutive_failures == 0);
  CHECK(fail_once(credential, kPhone, kStart).attempts_left == 4);
  CHECK(credential.fail_try(beside, kStart).attempts_left == 2);
}

TEST_CASE("credential: a success of one device does not end the lock of another") {
  Credential credential;
  fail_times(credential, kTablet, kStart, 5);
  fail_times(credential, kPhone, kStart, 1);
  credential.pass_try(begin(credential, kPhone, kStart));
  CHECK(code_of(refused(credential, kTablet, kStart)) == "credential_locked");
}

TEST_CASE("credential: 100 failures in a row over any devices void the credential for good") {
  Credential credential = failed_in_a_row(99);
  CHECK_FALSE(credential.is_void());
  const FailedTry failed = fail_once(credential, kPhone, kStart);
  CHECK(failed.voided);
  CHECK(failed.attempts_left == 0);
  CHECK(credential.is_void());
  for (const auto& device : {kPhone, kTablet}) {
    CHECK(code_of(refused(credential, device, kStart)) == "credential_void");
    CHECK(code_of(refused(credential, device, kStart + 1000 * kLockTime)) == "credential_void");
  }
}

TEST_CASE("credential: charges in flight of all devices count towards the hundred") {
  Credential credential = failed_in_a_row(98);
  (void)begin(credential, kPhone, kStart);
  const ChargeId last = begin(credential, kTablet, kStart);
  for (const auto& device : {kPhone, kTablet, id_of<DeviceId>(3)}) {
    CHECK(code_of(refused(credential, device, kStart)) == "busy");
  }
  CHECK(credential.give_back(last));
  CHECK(code_of(credential.begin_try(charge_of(id_of<DeviceId>(3), kStart))) == "ok");
}

TEST_CASE("credential: a right answer at the hundredth attempt is a success") {
  Credential credential = failed_in_a_row(99);
  credential.pass_try(begin(credential, kPhone, kStart));
  CHECK_FALSE(credential.is_void());
  CHECK(fail_once(credential, kPhone, kStart).attempts_left == 4);
}

TEST_CASE("credential: waiting for locks to end does not avoid the hundred") {
  Credential credential;
  Time now = kStart;
  for (int round = 0; round < 20; ++round, now += kLockTime) fail_times(credential, kPhone, now, 5);
  CHECK(code_of(refused(credential, kPhone, now)) == "credential_void");
}

TEST_CASE("credential: each method parses back from its name") {
  for (const UnlockMethod method : kUnlockMethods) {
    CHECK(parse_method(method_name(method)) == method);
  }
  for (const std::string_view word : {"", "Password", "pin", "gesture "}) {
    CHECK_FALSE(parse_method(word).has_value());
  }
}

}  // namespace cardvault::test
