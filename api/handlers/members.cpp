#include "api/handlers/members.h"

namespace cardvault::api {

DeviceId read_device_id(Body& body) {
  const std::string text = body.word("device_id", 64);
  const auto id = DeviceId::parse(text);
  if (!id && !text.empty()) body.refuse("device_id", "invalid_format");
  return id.value_or(DeviceId());
}

std::optional<CardId> maybe_card_id(Body& body) {
  const auto text = body.maybe_word("card_id", 64);
  if (!text) return std::nullopt;
  const auto id = CardId::parse(*text);
  if (!id) body.refuse("card_id", "invalid_format");
  return id;
}

std::optional<Channel> maybe_channel(Body& body) {
  const auto name = body.maybe_word("channel", 64);
  if (!name) return std::nullopt;
  const auto channel = parse_channel(*name);
  if (!channel) body.refuse("channel", "not_allowed");
  return channel;
}

ChannelSet read_channels(Body& body) {
  ChannelSet channels;
  for (const std::string& name :
       body.maybe_texts("channels").value_or(std::vector<std::string>())) {
    if (const auto channel = parse_channel(name)) {
      channels.insert(*channel);
    } else {
      body.refuse("channels", "not_allowed");
    }
  }
  return channels;
}

}  // namespace cardvault::api
