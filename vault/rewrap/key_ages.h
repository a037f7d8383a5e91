#pragma once

#include <array>

#include "crypto/keys/live_keyring.h"

namespace cardvault {

/// Which keys are behind the current ones, read from the keyring once for many wallets.
class KeyAges {
 public:
  /// The errors of LiveKeyring::usable().
  [[nodiscard]] static Result<KeyAges> of(const LiveKeyring& keyring);

  /// The key that made what notes `noted`: 0 is the first one of the purpose.
  [[nodiscard]] KeyId maker(Purpose purpose, KeyId noted) const;
  /// Whether what notes `noted` is to be made anew under the current key. What another process made
  /// under a key that still waits here is not.
  [[nodiscard]] bool is_older(Purpose purpose, KeyId noted) const;
  /// Whether an older key of the purpose is enabled. If not, nothing is there to be made anew.
  [[nodiscard]] bool has_older(Purpose purpose) const { return at(purpose).has_older; }
  /// The only key of the purpose that may be needed, because all others are destroyed; 0 when there
  /// are several.
  [[nodiscard]] KeyId only(Purpose purpose) const { return at(purpose).only; }

 private:
  struct Ages {
    KeyId first = 0;
    KeyId current = 0;
    KeyId only = 0;
    bool has_older = false;
  };

  [[nodiscard]] static Ages ages_of(const Keyring& keyring, Purpose purpose);
  [[nodiscard]] const Ages& at(Purpose purpose) const {
    return ages_.at(static_cast<std::size_t>(purpose));
  }

  std::array<Ages, kPurposes.size() + 1> ages_;
};

}  // namespace cardvault
