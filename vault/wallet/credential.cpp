#include "vault/wallet/credential.h"

#include <algorithm>
#include <functional>

#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

std::unexpected<Error> refused(ErrorCode code, std::string detail, Seconds retry_after) {
  Error error = make_error(code, std::move(detail));
  error.retry_after = retry_after;
  return fail(std::move(error));
}

}  // namespace

bool Charge::is_live(Time now) const {
  return now < taken_at + kChargeLease;
}

std::optional<Time> Credential::locked_until(const DeviceId& device, Time now) const {
  const auto found = std::ranges::find(attempts, device, &Attempts::device);
  if (found == attempts.end() || !found->locked_until || *found->locked_until <= now) {
    return std::nullopt;
  }
  return std::min(*found->locked_until, now + kLockTime);
}

bool Credential::has_charge(const ChargeId& charge) const {
  return std::ranges::find(in_flight, charge, &Charge::id) != in_flight.end();
}

Status Credential::begin_try(const Charge& charge) {
  const Time now = charge.taken_at;
  if (is_void()) {
    return fail(WalletError::credential_void, "Too many failed attempts. Set a new credential.");
  }
  if (const auto until = locked_until(charge.device, now)) {
    return refused(
        WalletError::credential_locked,
        "Too many failed attempts. Try again after Retry-After, or use another credential.",
        std::chrono::ceil<Seconds>(*until - now));
  }
  const auto failed = std::ranges::find(attempts, charge.device, &Attempts::device);
  // After a lock has ended, the device has five attempts again.
  const bool fresh = failed == attempts.end() || failed->locked_until.has_value();
  const std::uint32_t failures = fresh ? 0 : failed->failures;
  const auto live = [&](const Charge& one) { return one.is_live(now); };
  const auto here = [&](const Charge& one) { return live(one) && one.device == charge.device; };
  if (failures + std::ranges::count_if(in_flight, here) >= kTriesBeforeLock ||
      consecutive_failures + std::ranges::count_if(in_flight, live) >= kTriesBeforeVoid) {
    return refused(ErrorCode::busy,
                   "All remaining attempts are being evaluated. Try again after Retry-After.",
                   kBusyRetry);
  }
  if (fresh && failed != attempts.end()) attempts.erase(failed);
  std::erase_if(in_flight, std::not_fn(live));
  in_flight.push_back(charge);
  return {};
}

bool Credential::give_back(const ChargeId& charge) {
  return std::erase_if(in_flight, [&](const Charge& one) { return one.id == charge; }) > 0;
}

FailedTry Credential::fail_try(const ChargeId& charge, Time now) {
  const DeviceId device = std::ranges::find(in_flight, charge, &Charge::id)->device;
  give_back(charge);
  auto found = std::ranges::find(attempts, device, &Attempts::device);
  if (found == attempts.end()) {
    found = attempts.insert(attempts.end(), Attempts{.device = device});
  }
  ++consecutive_failures;
  FailedTry failed{.locked = ++found->failures >= kTriesBeforeLock, .voided = is_void()};
  if (failed.locked) found->locked_until = now + kLockTime;
  if (!failed.voided) failed.attempts_left = kTriesBeforeLock - found->failures;
  return failed;
}

void Credential::pass_try(const ChargeId& charge) {
  const DeviceId device = std::ranges::find(in_flight, charge, &Charge::id)->device;
  give_back(charge);
  std::erase_if(attempts, [&](const Attempts& one) { return one.device == device; });
  consecutive_failures = 0;
}

void Credential::forget_device(const DeviceId& device) {
  std::erase_if(attempts, [&](const Attempts& one) { return one.device == device; });
  std::erase_if(in_flight, [&](const Charge& one) { return one.device == device; });
}

}  // namespace cardvault
