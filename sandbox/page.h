#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/desk.h"

namespace cardvault::sandbox {

/// Escapes text for any place in an HTML document: content or quoted attribute.
[[nodiscard]] std::string escape_html(std::string_view text);

/// A self-contained page: the channels with their knobs and counters, then `messages`. All text
/// from outside is escaped.
[[nodiscard]] std::string render_page(const PerChannel<ChannelState>& channels,
                                      const std::vector<Message>& messages,
                                      const std::optional<std::string>& vault_url);

}  // namespace cardvault::sandbox
