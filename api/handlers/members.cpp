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

std::optional<Channel> maybe_channel(Body& body, std::string_view name) {
  const auto text = body.maybe_word(name, 64);
  if (!text) return std::nullopt;
  const auto channel = parse_channel(*text);
  if (!channel) body.refuse_other_than(name, kChannelNames);
  return channel;
}

ChannelChange read_channel_change(Body& body) {
  ChannelChange change{.open = maybe_channel(body, "open_channel"),
                       .close = maybe_channel(body, "close_channel")};
  if (change.open && change.open == change.close) body.refuse("close_channel", "duplicate");
  return change;
}

ChannelSet read_channels(Body& body) {
  ChannelSet channels;
  for (const std::string& name :
       body.maybe_texts("channels").value_or(std::vector<std::string>())) {
    if (const auto channel = parse_channel(name)) {
      channels.insert(*channel);
    } else {
      body.refuse_other_than("channels", kChannelNames);
    }
  }
  return channels;
}

}  // namespace cardvault::api
