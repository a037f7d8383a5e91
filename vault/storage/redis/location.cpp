#include "vault/storage/redis/location.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/ascii.h"

namespace cardvault {
namespace {

struct Scheme {
  std::string_view prefix;
  bool tls;
  bool cluster;
};

constexpr std::array<Scheme, 4> kSchemes{{
    {"redis://", false, false},
    {"rediss://", true, false},
    {"redis+cluster://", false, true},
    {"rediss+cluster://", true, true},
}};

std::unexpected<Error> not_a_location(std::string_view reason) {
  return fail(ErrorCode::invalid_request, "The store's URL is not valid: " + std::string(reason));
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    const char* begin = text.data() + i + 1;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(begin, begin + 2, value, 16);
    if (error != std::errc{} || end != begin + 2) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

bool is_host(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_' || c == ':';
  });
}

std::optional<RedisAddress> parse_address(std::string_view text) {
  RedisAddress address;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    address.host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
  } else {
    address.host = text.substr(0, text.find(':'));
    rest = text.substr(address.host.size());
  }
  if (!is_host(address.host)) return std::nullopt;
  if (rest.empty()) return address;
  const char* end = rest.data() + rest.size();
  const auto [stop, error] = std::from_chars(rest.data() + 1, end, address.port);
  if (rest.front() != ':' || error != std::errc{} || stop != end || address.port == 0) {
    return std::nullopt;
  }
  return address;
}

Status read_user(std::string_view text, RedisLocation& location) {
  const auto colon = text.find(':');
  auto user = percent_decode(text.substr(0, colon));
  if (!user) return not_a_location("the user is not percent-encoded.");
  location.user = std::move(*user);
  if (colon == std::string_view::npos) return {};
  auto password = percent_decode(text.substr(colon + 1));
  if (!password) return not_a_location("the password is not percent-encoded.");
  location.password = SecretText(std::string_view(*password));
  wipe(*password);
  return {};
}

Status read_addresses(std::string_view text, RedisLocation& location) {
  while (true) {
    const auto comma = text.find(',');
    const auto address = parse_address(text.substr(0, comma));
    if (!address) return not_a_location("a server must be HOST or HOST:PORT.");
    location.seeds.push_back(*address);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  if (location.seeds.size() == 1 || location.cluster) return {};
  return not_a_location("several servers need redis+cluster:// or rediss+cluster://.");
}

}  // namespace

std::string RedisAddress::text() const {
  const bool bracketed = host.find(':') != std::string::npos;
  return (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<RedisLocation> RedisLocation::parse(std::string_view url) {
  const auto scheme = std::ranges::find_if(
      kSchemes, [&](const Scheme& one) { return url.starts_with(one.prefix); });
  if (scheme == kSchemes.end()) {
    return not_a_location(
        "it must begin with redis://, rediss://, redis+cluster:// or rediss+cluster://.");
  }
  RedisLocation location;
  location.tls = scheme->tls;
  location.cluster = scheme->cluster;
  std::string_view rest = url.substr(scheme->prefix.size());
  if (const auto path = rest.find('/'); path != std::string_view::npos) {
    const auto database = rest.substr(path);
    if (database != "/" && database != "/0") return not_a_location("only database 0 is supported.");
    rest = rest.substr(0, path);
  }
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    TRY(read_user(rest.substr(0, at), location));
    rest.remove_prefix(at + 1);
  }
  TRY(read_addresses(rest, location));
  return location;
}

}  // namespace cardvault
