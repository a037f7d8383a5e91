#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "crypto/secret.h"
#include "crypto/webhook_signature.h"
#include "sandbox/channels.h"

namespace cardvault::sandbox {

/// The keys with which the channels sign what they report, new with every start. Safe from any
/// thread.
class ChannelKeys {
 public:
  explicit ChannelKeys(RandomSource& random);

  /// What the vault is told to trust, "whpk_...".
  [[nodiscard]] std::string public_key(ChannelIndex channel) const;
  [[nodiscard]] WebhookHeaders sign(ChannelIndex channel, std::string_view id, Time at,
                                    std::string_view body) const;
  /// Signed by someone whom the vault has no reason to trust.
  [[nodiscard]] WebhookHeaders forge(std::string_view id, Time at, std::string_view body) const;

 private:
  PerChannel<SecretBytes> seeds_;
  SecretBytes forger_;
};

}  // namespace cardvault::sandbox
