#include "net/server/cors.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/ascii.h"

namespace cardvault {
namespace {

constexpr const char* kRequestFields =
    "Authorization, Device-Id, Content-Type, Idempotency-Key, If-None-Match";
constexpr const char* kAnswerFields =
    "ETag, Request-Id, Retry-After, Location, Idempotent-Replayed";
constexpr const char* kPreflightLife = "600";

struct DefaultPort {
  std::string_view scheme;
  std::string_view port;
};
constexpr std::array<DefaultPort, 4> kDefaultPorts{
    {{"http", "80"}, {"https", "443"}, {"ws", "80"}, {"wss", "443"}}};

constexpr std::string_view kAfterScheme = "://";

bool is_scheme(std::string_view text) {
  return !text.empty() && is_lower(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_lower(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_default_port(std::string_view scheme, std::string_view port) {
  return std::ranges::any_of(kDefaultPorts, [&](const DefaultPort& one) {
    return one.scheme == scheme && one.port == port;
  });
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && std::to_string(port) == text;
}

/// True for an address in the spelling that browsers use.
bool is_address(const std::string& text, int family) {
  std::array<std::uint8_t, sizeof(in6_addr)> parsed{};
  std::array<char, INET6_ADDRSTRLEN> spelled{};
  return ::inet_pton(family, text.c_str(), parsed.data()) == 1 &&
         ::inet_ntop(family, parsed.data(), spelled.data(), spelled.size()) != nullptr &&
         text == spelled.data();
}

bool is_host(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    return is_address(std::string(text.substr(1, text.size() - 2)), AF_INET6);
  }
  const bool plain = std::ranges::all_of(
      text, [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; });
  if (!plain || text.empty() || text.front() == '.' || text.contains("..")) return false;
  // If the last label has only digits, the host must be an IPv4 address.
  const std::string_view last = text.substr(text.rfind('.') + 1);
  const bool numeric = !last.empty() && std::ranges::all_of(last, is_digit);
  return !numeric || is_address(std::string(text), AF_INET);
}

bool is_origin(std::string_view text) {
  const auto colon = text.find(kAfterScheme);
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return false;
  const std::string_view scheme = text.substr(0, colon);
  const std::string_view place = text.substr(colon + kAfterScheme.size());
  const auto port = place.find(':', place.starts_with('[') ? place.find(']') : 0);
  if (port == std::string_view::npos) return is_host(place);
  return is_host(place.substr(0, port)) && is_port(place.substr(port + 1)) &&
         !is_default_port(scheme, place.substr(port + 1));
}

/// A guess of the intended origin.
std::string as_browsers_spell(std::string_view text) {
  std::string guess(text);
  for (char& c : guess) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  if (!guess.contains(kAfterScheme)) guess.insert(0, "https://");
  const auto place = guess.find(kAfterScheme) + kAfterScheme.size();
  guess.resize(std::min(guess.find_first_of("/?#", place), guess.size()));
  for (const auto& [scheme, port] : kDefaultPorts) {
    const std::string ending = ":" + std::string(port);
    if (guess.starts_with(std::string(scheme) + "://") && guess.ends_with(ending)) {
      guess.resize(guess.size() - ending.size());
    }
  }
  return guess;
}

}  // namespace

std::string unlike_an_origin(std::string_view text) {
  if (is_origin(text)) return {};
  std::string what = "'" + std::string(text) +
                     "' is not an origin. Write scheme://host or scheme://host:port in lower case, "
                     "without the scheme's default port and without a path";
  if (const auto guess = as_browsers_spell(text); is_origin(guess) && text != "null") {
    what += ", for example " + guess;
  }
  return what;
}

bool Cors::allows(std::string_view origin) const {
  return !origin.empty() && std::ranges::find(origins_, origin) != origins_.end();
}

HeaderFields Cors::readable_by(std::string_view origin) {
  return {{"Access-Control-Allow-Origin", std::string(origin)},
          {"Access-Control-Expose-Headers", kAnswerFields}};
}

Response Cors::preflight(std::string methods) {
  Response answer{.status = 204};
  answer.headers.emplace_back("Access-Control-Allow-Methods", std::move(methods));
  answer.headers.emplace_back("Access-Control-Allow-Headers", kRequestFields);
  answer.headers.emplace_back("Access-Control-Max-Age", kPreflightLife);
  return answer;
}

}  // namespace cardvault
