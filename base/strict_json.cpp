#include "base/strict_json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace cardvault {
namespace {

using nlohmann::json;

constexpr int kDeepest = 8;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::unexpected<Error> malformed(std::string detail) {
  return fail(ErrorCode::malformed_json, std::move(detail));
}

}  // namespace

Result<json> parse_strict_json(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) {
    return malformed("The JSON text begins with a byte order mark. Save it as UTF-8 without one.");
  }
  if (text.find('\0') != std::string_view::npos) {
    return malformed("The JSON text contains a NUL byte. Send only the JSON value.");
  }
  bool refused = false;
  std::vector<std::set<std::string>> names;
  const auto watch = [&](int depth, json::parse_event_t event, const json& parsed) {
    refused = refused || depth > kDeepest;
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key) {
      refused = refused || !names.back().insert(parsed.get<std::string>()).second;
    }
    return true;
  };
  json value;
  try {
    value = json::parse(text, watch);
  } catch (const json::parse_error& error) {
    // Does not repeat what(): it quotes the text.
    return malformed("The text is not JSON from byte " + std::to_string(error.byte) + ".");
  } catch (const json::exception&) {
    return malformed("The JSON text contains a number that is too large.");
  }
  if (refused) {
    return malformed("The JSON text repeats a name in one object, or nests more than 8 levels.");
  }
  return value;
}

}  // namespace cardvault
