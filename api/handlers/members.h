#pragma once

#include <optional>

#include "api/json/body.h"
#include "base/ids.h"
#include "vault/closing/change_channels.h"
#include "vault/wallet/channel.h"

namespace cardvault::api {

/// Members that several requests have in common. A wrong one is refused in `body`.

/// Of the member "reason", in characters.
constexpr std::size_t kLongestReason = 64;
/// Of the member "rate" of jobs, wallets a second.
constexpr std::int64_t kMostRate = 10'000'000;

/// "device_id". One that is no id at all is refused as invalid_format.
[[nodiscard]] DeviceId read_device_id(Body& body);
/// "card_id".
[[nodiscard]] std::optional<CardId> maybe_card_id(Body& body);
/// A channel's name under `name`.
[[nodiscard]] std::optional<Channel> maybe_channel(Body& body, std::string_view name);
/// "open_channel" and "close_channel", of which the request may have one or both.
[[nodiscard]] ChannelChange read_channel_change(Body& body);
/// "channels", empty when absent.
[[nodiscard]] ChannelSet read_channels(Body& body);

}  // namespace cardvault::api
