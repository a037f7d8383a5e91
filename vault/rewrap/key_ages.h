#pragma once

#include <array>

#include "crypto/keys/live_keyring.h"

namespace cardvault {

/// Knows which keys are older than the current ones. It is read from the keyring once for many
/// wallets.
class KeyAges {
 public:
  /// Errors: those of LiveKeyring::usable().
  [[nodiscard]] static Result<KeyAges> of(const LiveKeyring& keyring);

  /// Returns the key of a thing that has the key id `noted`. 0 stands for the first key of the
  /// purpose.
  [[nodiscard]] KeyId maker(Purpose purpose, KeyId noted) const;
  /// True if a thing with the key id `noted` must be renewed under the current key. If another
  /// process used a key that is not promoted here yet, the thing needs no renewal.
  [[nodiscard]] bool is_older(Purpose purpose, KeyId noted) const;
  /// True if an older key of the purpose is enabled. If not, nothing needs renewal.
  [[nodiscard]] bool has_older(Purpose purpose) const { return at(purpose).has_older; }
  /// Returns the only key of the purpose that may be needed, because all others are destroyed.
  /// Returns 0 if there are several.
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
