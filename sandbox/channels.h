#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace cardvault::sandbox {

/// The channels that this program plays. They are listed here and not taken from the vault, because
/// the world outside knows only the agreed names.
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
