#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace cardvault::sandbox {

/// The channels this program plays. Spelled out here rather than taken from the vault: the world
/// outside knows only the names that were agreed on.
inline constexpr std::array<std::string_view, 7> kChannels{
    "wechat_pay",         "official_account", "mini_program", "alipay",
    "unionpay_quickpass", "wearable",         "sms_bank"};

/// A position in kChannels.
using ChannelIndex = std::size_t;

template <class T>
using PerChannel = std::array<T, kChannels.size()>;

[[nodiscard]] constexpr std::optional<ChannelIndex> find_channel(std::string_view name) {
  for (ChannelIndex i = 0; i < kChannels.size(); ++i) {
    if (kChannels[i] == name) return i;
  }
  return std::nullopt;
}

}  // namespace cardvault::sandbox
