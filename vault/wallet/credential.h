#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "crypto/keys/keyring.h"

namespace cardvault {

/// How a wallet is opened. The numbers are stored.
enum class UnlockMethod : std::uint8_t { password = 1, gesture = 2 };

inline constexpr std::array kUnlockMethods{UnlockMethod::password, UnlockMethod::gesture};

[[nodiscard]] std::string_view method_name(UnlockMethod method);
[[nodiscard]] std::optional<UnlockMethod> parse_method(std::string_view name);

/// Five tries keep a slip of the finger from locking anybody out and leave a guesser one chance in
/// 77,800 against the 389,112 gestures (NIST SP 800-63B 5.2.2 allows up to 100).
inline constexpr std::uint32_t kTriesBeforeLock = 5;
/// Long enough that a stolen phone yields 240 guesses a day at most, short enough to wait out.
inline constexpr Seconds kLockTime{30 * 60};
/// NIST SP 800-63B 5.2.2: no more than 100 consecutive failed attempts on one authenticator.
inline constexpr std::uint32_t kTriesBeforeVoid = 100;

/// How long a try may be in flight: the longest wait at the gate, an evaluation and two commits on
/// a slow store take a few seconds, and a user who met a crash waits half a minute at most.
inline constexpr Seconds kChargeLease{30};
/// When to come again while the tries that are left are in flight: an evaluation takes well below a
/// second.
inline constexpr Seconds kBusyRetry{1};

struct ChargeKind {
  static constexpr std::string_view prefix = "chg_";
};
using ChargeId = Id<ChargeKind>;

/// A try that was begun and has no verdict yet.
struct Charge {
  ChargeId id;  ///< random: a charge of one credential is never taken for one of its successor
  DeviceId device;
  Time taken_at{};

  /// False once the lease has ended.
  [[nodiscard]] bool is_live(Time now) const;
  bool operator==(const Charge&) const = default;
};

/// Failed tries from one device since its last success.
struct Attempts {
  DeviceId device;
  std::uint32_t failures = 0;
  std::optional<Time> locked_until = {};

  bool operator==(const Attempts&) const = default;
};

/// The verdict "wrong", as it is kept.
struct FailedTry {
  std::uint32_t attempts_left = 0;
  bool locked = false;  ///< this failure locked the device
  bool voided = false;  ///< this failure voided the credential
};

// clang-format off
/// A password or gesture and what was tried against it. Each move is one commit.
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
/// verdict" are of a try whose own charge is in flight. "wait": the lease of a charge ends, or the
/// 30 minutes of a lock. After a success other charges of the device stay in flight.
///
/// 100 failures in a row, over all devices, void the credential until it is set anew. A try is also
/// busy when these failures and the charges of all devices make 100.
///
/// A verdict counts in the commit that takes its charge away, and only there. If the charge has
/// gone (its lease ended, the credential was set anew), nobody may be told the verdict: neither
/// "wrong", which would be a guess for nothing, nor "right", which would tell the others apart.
// clang-format on
struct Credential {
  UnlockMethod method = UnlockMethod::password;
  KeyId pepper = 0;  ///< the pepper key the verifier was made with
  Bytes verifier;    ///< see crypto/password_hash.h
  Time set_at{};
  std::uint32_t consecutive_failures = 0;  ///< over all devices
  std::vector<Attempts> attempts = {};     ///< one entry per device that failed
  std::vector<Charge> in_flight = {};      ///< oldest first; may hold some whose lease has ended

  [[nodiscard]] bool is_void() const { return consecutive_failures >= kTriesBeforeVoid; }
  /// Never further than kLockTime from `now`, however far ahead the clock was that locked.
  [[nodiscard]] std::optional<Time> locked_until(const DeviceId& device, Time now) const;
  [[nodiscard]] bool has_charge(const ChargeId& charge) const;

  /// Begins a try: `charge` is in flight, to be committed *before* the secret is evaluated. Charges
  /// whose lease has ended are given back. credential_locked (with retry_after), credential_void or
  /// busy (with retry_after); then nothing changes.
  [[nodiscard]] Status begin_try(const Charge& charge);
  /// The try ends without a verdict. False when its charge is not in flight.
  bool give_back(const ChargeId& charge);
  /// The try was wrong: its charge becomes a failure. The charge must be in flight.
  FailedTry fail_try(const ChargeId& charge, Time now);
  /// The try was right: its charge and the failures before it are forgotten. The charge must be in
  /// flight.
  void pass_try(const ChargeId& charge);
  /// Forgets all tries of a device. Failures in a row stay.
  void forget_device(const DeviceId& device);

  bool operator==(const Credential&) const = default;
};

}  // namespace cardvault
