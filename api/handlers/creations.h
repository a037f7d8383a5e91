#pragma once

#include "api/json/body.h"
#include "vault/access/manage_devices.h"
#include "vault/cards/bind_card.h"
#include "vault/lifecycle/manage_wallet.h"

namespace cardvault::api {

/// What is created, as requests and seed files write it. A wrong member is refused in `body`.

/// `{subject, locale?}`
[[nodiscard]] NewWallet read_new_wallet(Body& body);
/// `{name, fingerprint, sim?, public_key?}`
[[nodiscard]] NewDevice read_new_device(Body& body);

/// The members of a card before the number is parsed, which fails in its own way.
struct CardMembers {
  SecretText pan;
  std::optional<SecretText> holder_name;
  std::optional<SecretText> phone;
  ChannelSet channels;
};

/// `{pan, holder_name?, phone?, channels?}`
[[nodiscard]] CardMembers read_card_members(Body& body);
/// invalid_pan.
[[nodiscard]] Result<NewCard> parse_new_card(CardMembers members);

/// Under "locale", see parse_locale(). invalid_format.
[[nodiscard]] std::optional<std::string> maybe_locale(Body& body);

/// Of a password or a gesture as it comes in.
inline constexpr std::size_t kLongestSecretBytes = 1024;

}  // namespace cardvault::api
