#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "crypto/secret.h"
#include "crypto/webhook_signature.h"
#include "sandbox/channels.h"

namespace cardvault::sandbox {

/// The keys that the channels sign their reports with. Each start makes new ones. Safe from any
/// thread.
class ChannelKeys {
 public:
  explicit ChannelKeys(RandomSource& random);

  /// The public key for the vault's configuration, "whpk_...".
  [[nodiscard]] std::string public_key(ChannelIndex channel) const;
  [[nodiscard]] WebhookHeaders sign(ChannelIndex channel, std::string_view id, Time at,
                                    std::string_view body) const;
  /// Signs with a key that the vault does not trust.
  [[nodiscard]] WebhookHeaders forge(std::string_view id, Time at, std::string_view body) const;

 private:
  PerChannel<SecretBytes> seeds_;
  SecretBytes forger_;
};

}  // namespace cardvault::sandbox
