#pragma once

#include "api/json/body.h"
#include "vault/access/manage_devices.h"
#include "vault/cards/bind_card.h"
#include "vault/lifecycle/manage_wallet.h"

namespace cardvault::api {

/// New wallets, devices and cards, as requests and seed files write them. A wrong member is refused
/// in `body`.

/// `{subject, locale?}`
[[nodiscard]] NewWallet read_new_wallet(Body& body);
/// `{name, fingerprint, sim?, public_key?}`
[[nodiscard]] NewDevice read_new_device(Body& body);

/// The members of a card before its number is parsed: that parse has its own error.
struct CardMembers {
  SecretText pan;
  std::optional<SecretText> holder_name;
  std::optional<SecretText> phone;
  ChannelSet channels;
};

/// `{pan, holder_name?, phone?, channels?}`
[[nodiscard]] CardMembers read_card_members(Body& body);
/// Error: invalid_pan.
[[nodiscard]] Result<NewCard> parse_new_card(CardMembers members);

/// The member "locale", see parse_locale(). A wrong one is refused as invalid_format.
[[nodiscard]] std::optional<std::string> maybe_locale(Body& body);

/// Limit of a password or gesture in a request.
inline constexpr std::size_t kLongestSecretBytes = 1024;

}  // namespace cardvault::api
