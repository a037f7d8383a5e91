#include "sandbox/report.h"

#include <nlohmann/json.hpp>

namespace cardvault::sandbox {
namespace {

using Json = nlohmann::ordered_json;

Json callbacks_json(const Counters& counters) {
  Json answers = Json::object();
  for (const auto& [status, count] : counters.callback_answers) {
    answers[status == 0 ? "none" : std::to_string(status)] = count;
  }
  return {{"pending", counters.callbacks_pending},
          {"sent", counters.callbacks_sent},
          {"given_up", counters.callbacks_given_up},
          {"answers", answers}};
}

Json counters_json(const Counters& counters) {
  return {{"received", counters.received},
          {"accepted", counters.accepted},
          {"distinct", counters.distinct()},
          {"duplicates", counters.duplicates},
          {"signatures_refused", counters.signatures_refused},
          {"faults", counters.faults},
          {"callbacks", callbacks_json(counters)}};
}

Json message_json(const Message& message) {
  return {{"at", format_rfc3339(message.at)},
          {"channel", kChannels[message.channel]},
          {"webhook_id", message.webhook_id},
          {"type", message.says.type},
          {"wallet", message.says.wallet},
          {"deregistration", message.says.deregistration},
          {"card", message.says.card},
          {"last4", message.says.last4},
          {"reason", message.says.reason},
          {"extent", message.says.extent},
          {"signature", verdict_name(message.signature)},
          {"duplicate", message.duplicate},
          {"status", message.status == 0 ? Json() : Json(message.status)}};
}

}  // namespace

Json stats_json(const PerChannel<ChannelState>& channels) {
  Json by_name = Json::object();
  for (ChannelIndex i = 0; i < channels.size(); ++i) {
    by_name[std::string(kChannels[i])] = counters_json(channels[i].counters);
  }
  return {{"channels", by_name}};
}

Json messages_json(const std::vector<Message>& messages) {
  Json data = Json::array();
  for (const Message& message : messages) data.push_back(message_json(message));
  return {{"data", data}};
}

Json knobs_json(const PerChannel<ChannelState>& channels,
                const std::optional<std::string>& vault_url) {
  Json by_name = Json::object();
  for (ChannelIndex i = 0; i < channels.size(); ++i) {
    by_name[std::string(kChannels[i])] = to_json(channels[i].knobs);
  }
  return {{"vault", vault_url ? Json(*vault_url) : Json()}, {"channels", by_name}};
}

}  // namespace cardvault::sandbox
