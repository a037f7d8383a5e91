#include "vault/wallet/credential.h"

#include <algorithm>

namespace cardvault {

std::string_view method_name(UnlockMethod method) {
  switch (method) {
    case UnlockMethod::password:
      return "password";
    case UnlockMethod::gesture:
      return "gesture";
  }
  return "";
}

std::optional<UnlockMethod> parse_method(std::string_view name) {
  for (const UnlockMethod method : kUnlockMethods) {
    if (method_name(method) == name) return method;
  }
  return std::nullopt;
}

std::optional<Time> Credential::locked_until(const DeviceId& device, Time now) const {
  const auto found = std::ranges::find(attempts, device, &Attempts::device);
  if (found == attempts.end() || !found->locked_until || *found->locked_until <= now) {
    return std::nullopt;
  }
  return found->locked_until;
}

Result<std::uint32_t> Credential::charge_attempt(const DeviceId& device, Time now) {
  if (is_void()) {
    return fail(ErrorCode::credential_void,
                "Too many failed attempts: this credential must be set anew.");
  }
  if (const auto until = locked_until(device, now)) {
    Error error = make_error(ErrorCode::credential_locked, "Too many failed attempts.");
    error.retry_after = std::chrono::ceil<Seconds>(*until - now);
    return fail(std::move(error));
  }
  auto found = std::ranges::find(attempts, device, &Attempts::device);
  if (found == attempts.end()) {
    found = attempts.insert(attempts.end(), Attempts{.device = device});
  }
  if (found->locked_until) *found = Attempts{.device = device};
  ++consecutive_failures;
  if (++found->failures >= kTriesBeforeLock) found->locked_until = now + kLockTime;
  return kTriesBeforeLock - found->failures;
}

void Credential::record_success(const DeviceId& device) {
  std::erase_if(attempts, [&](const Attempts& entry) { return entry.device == device; });
  consecutive_failures = 0;
}

}  // namespace cardvault
