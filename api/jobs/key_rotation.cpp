#include "api/jobs/key_rotation.h"

#include <algorithm>

#include "base/log.h"
#include "crypto/keys/cryptoperiod.h"
#include "crypto/keys/error_codes.h"

namespace cardvault::api {
namespace {

constexpr std::chrono::seconds kAfterFailure{10};
// Each attempt reads the store, because another process may run the pass or have finished it. So it
// is not made every second.
constexpr Seconds kBetweenTries{60};
// A pass slows down all users of a shared store, and it has weeks to finish.
constexpr std::uint64_t kWalletsASecond = 500;

bool any_due(const Keyring& keyring, Time now) {
  return std::ranges::any_of(kPurposes, [&](Purpose purpose) {
    return seals_or_signs(purpose) && is_due(keyring, purpose, now);
  });
}

}  // namespace

Seconds kept_after_retirement(Purpose purpose) {
  const int days = purpose == Purpose::channel_signing ? 30 : 1;
  return std::chrono::hours{24 * days};
}

std::vector<KeyId> outlived_keys(const Keyring& keyring, Time now) {
  std::vector<KeyId> ids;
  for (const auto& [id, key] : keyring.keys()) {
    if (!seals_or_signs(key.purpose) || key.purpose == Purpose::receipt_signing) continue;
    if (key.state != KeyState::enabled) continue;
    const auto retired = keyring.retired_at(key);
    if (retired && now >= *retired + kept_after_retirement(key.purpose)) ids.push_back(id);
  }
  return ids;
}

KeyRotation::KeyRotation(const LiveKeyring& keyring, KeyringKeeper& keeper, KeyJobs& jobs,
                         const Clock& clock, Mode mode)
    : keyring_(keyring), keeper_(keeper), jobs_(jobs), clock_(clock), mode_(mode) {
  if (mode_ == Mode::automatic) keeper_.renew_ended();
}

void KeyRotation::look() {
  const auto keyring = keyring_.snapshot();
  if (mode_ == Mode::manual || !keyring) return;
  renew(*keyring);
  retire(*keyring);
}

void KeyRotation::renew(const Keyring& keyring) {
  const auto now = SteadyClock::now();
  if (now < next_try_ || !any_due(keyring, clock_.now())) return;
  const auto renewed = keeper_.renew_due();
  if (renewed) return;
  next_try_ = now + kAfterFailure;
  log::write(log::Level::error, "key_not_renewed",
             {{"code", renewed.error().code.name},
              {"inside", std::string_view(renewed.error().inside.text)}});
}

void KeyRotation::retire(const Keyring& keyring) {
  const Time now = clock_.now();
  // If a clock that was ahead set next_pass_, the wait is not longer than kBetweenTries.
  const bool rested = now >= next_pass_ || next_pass_ > now + kBetweenTries;
  if (!rested) return;
  auto outlived = outlived_keys(keyring, now);
  if (outlived.empty()) return;
  next_pass_ = now + kBetweenTries;
  const auto started = jobs_.retire(std::move(outlived), keeper_.shared() ? kWalletsASecond : 0);
  if (started || started.error().code == KeyError::job_running) return;
  log::write(log::Level::warning, "keys_not_retired",
             {{"code", started.error().code.name},
              {"inside", std::string_view(started.error().inside.text)}});
}

}  // namespace cardvault::api
