#pragma once

#include <optional>

#include "api/json/body.h"
#include "base/ids.h"
#include "vault/closing/change_channels.h"
#include "vault/wallet/channel.h"

namespace cardvault::api {

/// Members that several requests have. A wrong member is refused in `body`.

/// Limit of the member "reason", in characters.
constexpr std::size_t kLongestReason = 64;
/// Limit of the member "rate" of jobs, in wallets a second.
constexpr std::int64_t kMostRate = 10'000'000;

/// The member "device_id". A text that is not an id is refused as invalid_format.
[[nodiscard]] DeviceId read_device_id(Body& body);
/// The member "card_id".
[[nodiscard]] std::optional<CardId> maybe_card_id(Body& body);
/// The member `name`, a channel's name.
[[nodiscard]] std::optional<Channel> maybe_channel(Body& body, std::string_view name);
/// The members "open_channel" and "close_channel"; the request may have one or both.
[[nodiscard]] ChannelChange read_channel_change(Body& body);
/// The member "channels"; empty if absent.
[[nodiscard]] ChannelSet read_channels(Body& body);

}  // namespace cardvault::api
