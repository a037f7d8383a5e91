#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/desk.h"

namespace cardvault::sandbox {

/// JSON of GET /stats, /received and /control/channels.

/// `{channels: {alipay: {received, accepted, distinct, duplicates, signatures_refused, faults,
/// callbacks: {pending, sent, given_up, answers: {"200": 3, "none": 1}}}, ...}}`
[[nodiscard]] nlohmann::ordered_json stats_json(const PerChannel<ChannelState>& channels);

/// `{data: [{at, channel, webhook_id, type, wallet, deregistration, card, last4, reason, extent,
/// signature, duplicate, status}, ...]}`; status is null if the connection was dropped.
[[nodiscard]] nlohmann::ordered_json messages_json(const std::vector<Message>& messages);

/// `{vault, channels: {alipay: {down, ...}, ...}}`
[[nodiscard]] nlohmann::ordered_json knobs_json(const PerChannel<ChannelState>& channels,
                                                const std::optional<std::string>& vault_url);

}  // namespace cardvault::sandbox
