#include "sandbox/close_request.h"

#include <nlohmann/json.hpp>

#include "base/strict_json.h"
#include "sandbox/quotable.h"

namespace cardvault::sandbox {
namespace {

using nlohmann::json;

std::string text(const json& members, const char* name) {
  if (!members.is_object()) return {};
  const auto found = members.find(name);
  if (found == members.end() || !found->is_string()) return {};
  return quotable(found->get_ref<const std::string&>());
}

}  // namespace

bool CloseRequest::asks_to_close(std::string_view channel_name) const {
  return type == "channel.close_requested" && channel == channel_name && !card.empty() &&
         !deregistration.empty() && (extent == "card" || extent == "channel");
}

CloseRequest read_close_request(std::string_view body) {
  const auto message = parse_strict_json(body);
  if (!message || !message->is_object()) return {};
  const json data = message->value("data", json());
  return {.type = text(*message, "type"),
          .deregistration = text(data, "deregistration"),
          .wallet = text(data, "wallet"),
          .card = text(data, "card"),
          .channel = text(data, "channel"),
          .last4 = text(data, "last4"),
          .reason = text(data, "reason"),
          .extent = text(data, "extent")};
}

}  // namespace cardvault::sandbox
