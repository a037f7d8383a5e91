#include "vault/receipt/canonical_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <vector>

namespace cardvault {
namespace {

using nlohmann::json;

constexpr int kDeepest = 8;
constexpr std::int64_t kLargestExact = (std::int64_t{1} << 53U) - 1;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_canonicalizable(const json& value) {
  switch (value.type()) {
    case json::value_t::object:
      return std::ranges::all_of(value.items(), [](const auto& member) {
        return is_ascii(member.key()) && is_canonicalizable(member.value());
      });
    case json::value_t::array:
      return std::ranges::all_of(value, is_canonicalizable);
    case json::value_t::number_integer:
      return value.get<std::int64_t>() >= -kLargestExact &&
             value.get<std::int64_t>() <= kLargestExact;
    case json::value_t::number_unsigned:
      return value.get<std::uint64_t>() <= static_cast<std::uint64_t>(kLargestExact);
    case json::value_t::string:
    case json::value_t::boolean:
    case json::value_t::null:
      return true;
    case json::value_t::number_float:
    case json::value_t::binary:
    case json::value_t::discarded:
      return false;
  }
  return false;
}

std::unexpected<Error> malformed() {
  return fail(ErrorCode::malformed_json, "This is not one well-formed JSON text.");
}

}  // namespace

Result<std::string> canonical_json(const json& value) {
  if (!is_canonicalizable(value)) {
    return fail(
        ErrorCode::invalid_request,
        "Only ASCII names, texts, booleans, null and exact integers have a canonical form.");
  }
  try {
    // No spaces, names sorted by bytes, and only the escapes that RFC 8785, 3.2.2.2 wants.
    return value.dump();
  } catch (const json::exception&) {
    return malformed();
  }
}

Result<json> parse_strict_json(std::string_view text) {
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
  json value = json::parse(text, watch, false);
  if (refused || value.is_discarded()) return malformed();
  return value;
}

}  // namespace cardvault
