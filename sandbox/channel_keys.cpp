#include "sandbox/channel_keys.h"

#include "crypto/ed25519.h"

namespace cardvault::sandbox {

ChannelKeys::ChannelKeys(RandomSource& random)
    : forger_(SecretBytes::random(kEd25519SeedSize, random)) {
  for (SecretBytes& seed : seeds_) seed = SecretBytes::random(kEd25519SeedSize, random);
}

std::string ChannelKeys::public_key(ChannelIndex channel) const {
  return webhook_public_key(ed25519_public_key(seeds_[channel].expose()));
}

WebhookHeaders ChannelKeys::sign(ChannelIndex channel, std::string_view id, Time at,
                                 std::string_view body) const {
  return sign_webhook(seeds_[channel].expose(), id, at, body);
}

WebhookHeaders ChannelKeys::forge(std::string_view id, Time at, std::string_view body) const {
  return sign_webhook(forger_.expose(), id, at, body);
}

}  // namespace cardvault::sandbox
