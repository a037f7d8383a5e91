#include "vault/wallet/times.h"

#include "vault/wallet/wallet.h"

namespace cardvault {
namespace {

bool pull_back(Time& time, Time latest) {
  if (time <= latest + kClockTolerance) return false;
  time = latest;
  return true;
}

}  // namespace

bool pull_back_times(Wallet& wallet, Time now) {
  bool changed = false;
  const auto is_ahead = [&](const Charge& one) { return one.taken_at > now + kClockTolerance; };
  for (Credential& credential : wallet.credentials) {
    changed |= std::erase_if(credential.in_flight, is_ahead) > 0;
    for (Attempts& one : credential.attempts) {
      if (one.locked_until) changed |= pull_back(*one.locked_until, now + kLockTime);
    }
  }
  for (RememberedAnswer& answer : wallet.answers) changed |= pull_back(answer.at, now);
  return changed;
}

}  // namespace cardvault
