#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

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

inline constexpr std::array<std::string_view, 7> kChannelNames{
    "wechat_pay",         "official_account", "mini_program", "alipay",
    "unionpay_quickpass", "wearable",         "sms_bank"};

[[nodiscard]] constexpr std::string_view channel_name(Channel channel) {
  return kChannelNames[static_cast<std::size_t>(channel)];
}

[[nodiscard]] constexpr std::optional<Channel> parse_channel(std::string_view name) {
  for (std::size_t i = 0; i < kChannelNames.size(); ++i) {
    if (kChannelNames[i] == name) return static_cast<Channel>(i);
  }
  return std::nullopt;
}

/// The channels a card is opened for.
class ChannelSet {
 public:
  constexpr ChannelSet() = default;
  constexpr explicit ChannelSet(std::uint8_t bits) : bits_(bits) {}

  [[nodiscard]] constexpr bool has(Channel channel) const { return (bits_ & bit(channel)) != 0; }
  constexpr void insert(Channel channel) {
    bits_ = static_cast<std::uint8_t>(bits_ | bit(channel));
  }
  constexpr void erase(Channel channel) {
    bits_ = static_cast<std::uint8_t>(bits_ & ~bit(channel));
  }
  [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }
  [[nodiscard]] constexpr std::vector<Channel> list() const {
    std::vector<Channel> channels;
    for (std::size_t i = 0; i < kChannelNames.size(); ++i) {
      if (has(static_cast<Channel>(i))) channels.push_back(static_cast<Channel>(i));
    }
    return channels;
  }
  bool operator==(const ChannelSet&) const = default;

 private:
  static constexpr std::uint8_t bit(Channel channel) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(channel));
  }

  std::uint8_t bits_ = 0;
};

}  // namespace cardvault
