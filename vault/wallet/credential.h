#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "crypto/keyring.h"

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

/// Failed tries from one device since its last success.
struct Attempts {
  DeviceId device;
  std::uint32_t failures = 0;
  std::optional<Time> locked_until = {};

  bool operator==(const Attempts&) const = default;
};

/// A password or gesture and what has been tried against it.
///
///   state   | charge, failures < 5 | charge, 5th     | success | 30 min later | 100th in a row
///   open    | open                 | locked (device) | open    | -            | void
///   locked  | refused              | refused         | -       | open         | -
///   void    | refused              | refused         | -       | void         | -   until set anew
struct Credential {
  UnlockMethod method = UnlockMethod::password;
  KeyId pepper = 0;  ///< the pepper key the verifier was made with
  Bytes verifier;    ///< see crypto/password_hash.h
  Time set_at{};
  std::uint32_t consecutive_failures = 0;  ///< over all devices
  std::vector<Attempts> attempts;          ///< one entry per device that failed

  [[nodiscard]] bool is_void() const { return consecutive_failures >= kTriesBeforeVoid; }
  [[nodiscard]] std::optional<Time> locked_until(const DeviceId& device, Time now) const;

  /// Takes one try *before* it is evaluated, as if it had failed, so that neither a crash nor a
  /// race gives a guess away for nothing; returns the tries left. credential_locked (with
  /// retry_after) or credential_void when no try may be made; then nothing changes.
  [[nodiscard]] Result<std::uint32_t> charge_attempt(const DeviceId& device, Time now);
  /// Gives the charged try back and forgets the failures before it.
  void record_success(const DeviceId& device);

  bool operator==(const Credential&) const = default;
};

}  // namespace cardvault
