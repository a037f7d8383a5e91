#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/enum_set.h"
#include "base/names.h"

namespace cardvault {

/// A surface that can show a card. The numbers are stored (as bits of a ChannelSet).
enum class Channel : std::uint8_t {
  wechat_pay = 0,
  official_account = 1,
  mini_program = 2,
  alipay = 3,
  unionpay_quickpass = 4,
  wearable = 5,
  sms_bank = 6,
};

inline constexpr auto kChannelNames =
    names_from<Channel::wechat_pay>("wechat_pay", "official_account", "mini_program", "alipay",
                                    "unionpay_quickpass", "wearable", "sms_bank");

[[nodiscard]] constexpr std::string_view channel_name(Channel channel) {
  return name_of(kChannelNames, channel);
}

[[nodiscard]] constexpr std::optional<Channel> parse_channel(std::string_view name) {
  return parse_name(kChannelNames, name);
}

/// The channels a card is opened for.
using ChannelSet = EnumSet<Channel, std::uint8_t, kChannelNames.size()>;

}  // namespace cardvault
