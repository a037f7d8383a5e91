#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/names.h"
#include "base/result.h"
#include "crypto/keys/keyring.h"

namespace cardvault {

/// The ways to unlock a wallet. The numbers are stored.
enum class UnlockMethod : std::uint8_t { password = 1, gesture = 2 };

inline constexpr auto kUnlockMethodNames =
    names_from<UnlockMethod::password>("password", "gesture");
inline constexpr auto kUnlockMethods = values_of(kUnlockMethodNames);

[[nodiscard]] constexpr std::string_view method_name(UnlockMethod method) {
  return name_of(kUnlockMethodNames, method);
}

[[nodiscard]] constexpr std::optional<UnlockMethod> parse_method(std::string_view name) {
  return parse_name(kUnlockMethodNames, name);
}

/// With five attempts, a slip of the finger locks no user out. And an attacker has one chance in
/// 77,800 against the 389,112 gestures (NIST SP 800-63B 5.2.2 allows up to 100 attempts).
inline constexpr std::uint32_t kTriesBeforeLock = 5;
/// Long enough that a stolen phone allows at most 240 guesses per day, short enough to wait for.
inline constexpr Seconds kLockTime{30 * 60};
/// NIST SP 800-63B 5.2.2: no more than 100 consecutive failed attempts on one authenticator.
inline constexpr std::uint32_t kTriesBeforeVoid = 100;

/// Maximum time that an attempt may be in flight. The longest wait at the gate, an evaluation and
/// two commits on a slow store take a few seconds. After a crash a user waits at most half a
/// minute.
inline constexpr Seconds kChargeLease{30};
/// Retry after this time while all remaining attempts are in flight. An evaluation takes well below
/// a second.
inline constexpr Seconds kBusyRetry{1};

struct ChargeKind {
  static constexpr std::string_view prefix = "chg_";
};
using ChargeId = Id<ChargeKind>;

/// An attempt that has begun and has no verdict yet.
struct Charge {
  ChargeId id;  ///< random, so it never equals a charge of the credential's successor
  DeviceId device;
  Time taken_at{};

  /// False once the lease has expired.
  [[nodiscard]] bool is_live(Time now) const;
  bool operator==(const Charge&) const = default;
};

/// Failed attempts from one device since its last success.
struct Attempts {
  DeviceId device;
  std::uint32_t failures = 0;
  std::optional<Time> locked_until = {};

  bool operator==(const Attempts&) const = default;
};

/// The stored result of a wrong secret.
struct FailedTry {
  std::uint32_t attempts_left = 0;
  bool locked = false;  ///< this failure locked the device
  bool voided = false;  ///< this failure voided the credential
};

// clang-format off
/// A password or gesture with its attempts. Each move is one commit.
///
///   a device's tries          | begin             | wrong          | right | no verdict | wait
///   --------------------------+-------------------+----------------+-------+------------+------
///   idle, f = 0               | in flight, n = 1  | -              | -     | -          | -
///   in flight, f + n < 5      | in flight, n + 1  | f + 1, n - 1   | idle  | n - 1      | n - 1
///   in flight, f + n = 5      | busy              | f + 1; 5: lock | idle  | n - 1      | n - 1
///   failed, f = 1 to 4, n = 0 | in flight, n = 1  | -              | -     | -          | -
///   locked, f = 5, n = 0      | credential_locked | -              | -     | -          | idle
///   void, all devices         | credential_void   | -              | -     | -          | -
///
/// f: failures since the last success or lock. n: charges in flight. "wrong", "right" and "no
/// verdict" concern an attempt whose own charge is in flight. "wait": the lease of a charge
/// expires, or the 30 minutes of a lock end. After a success, other charges of the device stay in
/// flight.
///
/// 100 failures in a row, over all devices, void the credential until it is set again. If these
/// failures and the charges of all devices make 100, a further attempt gets busy too.
///
/// A verdict counts only in the commit that removes its charge. If the charge is gone (its lease
/// expired, or the credential was set again), the caller must not reveal the verdict. "wrong" would
/// be a guess that costs nothing, and "right" would show that all other guesses are wrong.
// clang-format on
struct Credential {
  UnlockMethod method = UnlockMethod::password;
  KeyId pepper = 0;  ///< the pepper key that made the verifier
  Bytes verifier;    ///< see crypto/password_hash.h
  Time set_at{};
  std::uint32_t consecutive_failures = 0;  ///< over all devices
  std::vector<Attempts> attempts = {};     ///< one entry per device that failed
  std::vector<Charge> in_flight = {};      ///< oldest first; some leases may have expired

  [[nodiscard]] bool is_void() const { return consecutive_failures >= kTriesBeforeVoid; }
  /// Never later than kLockTime after `now`, even if the clock that set the lock was far ahead.
  [[nodiscard]] std::optional<Time> locked_until(const DeviceId& device, Time now) const;
  [[nodiscard]] bool has_charge(const ChargeId& charge) const;

  /// Begins an attempt and puts `charge` in flight. Commit this *before* the secret is evaluated.
  /// Charges whose lease has expired are removed. Errors: credential_locked (with retry_after),
  /// credential_void, busy (with retry_after). After an error nothing has changed.
  [[nodiscard]] Status begin_try(const Charge& charge);
  /// Ends an attempt without a verdict. Returns false if its charge is not in flight.
  bool give_back(const ChargeId& charge);
  /// Ends an attempt as wrong: its charge becomes a failure. The charge must be in flight.
  FailedTry fail_try(const ChargeId& charge, Time now);
  /// Ends an attempt as right: its charge and the earlier failures of its device are removed, and
  /// the failures in a row start again at 0. The charge must be in flight.
  void pass_try(const ChargeId& charge);
  /// Forgets all attempts of a device. The failures in a row stay.
  void forget_device(const DeviceId& device);

  bool operator==(const Credential&) const = default;
};

}  // namespace cardvault
