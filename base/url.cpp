#include "base/url.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.h"

namespace cardvault {
namespace {

constexpr std::size_t kMaxUrl = 2048;
constexpr std::size_t kMaxHost = 253;
constexpr std::size_t kMaxLabel = 63;

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::unexpected<Error> bad_url(std::string_view why) {
  return fail(ErrorCode::invalid_request, std::string(why));
}

bool is_address(int family, std::string_view text) {
  in6_addr parsed{};
  return !text.contains('\0') && ::inet_pton(family, std::string(text).c_str(), &parsed) == 1;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, [](char c) {
           return is_letter(c) || is_digit(c) || c == '-' || c == '_';
         });
}

bool is_number(std::string_view label) {
  if (all_digits(label)) return true;
  return (label.starts_with("0x") || label.starts_with("0X")) &&
         std::ranges::all_of(label.substr(2), is_hex_digit);
}

bool is_name(std::string_view host) {
  if (host.size() > kMaxHost) return false;
  while (true) {
    const auto dot = host.find('.');
    const std::string_view label = host.substr(0, dot);
    if (!is_label(label)) return false;
    if (dot == std::string_view::npos) return !is_number(label);
    host.remove_prefix(dot + 1);
  }
}

std::string lower_case(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

bool is_target(std::string_view target) {
  constexpr std::string_view kOthers = "-._~!$&'()*+,;=:@/?";
  for (std::size_t i = 0; i < target.size(); ++i) {
    const char c = target[i];
    if (is_letter(c) || is_digit(c) || kOthers.contains(c)) continue;
    if (c != '%' || i + 2 >= target.size()) return false;
    if (!is_hex_digit(target[i + 1]) || !is_hex_digit(target[i + 2])) return false;
  }
  return true;
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0)
    return std::nullopt;
  return port;
}

/// End of the host in `authority`: after the bracket, or before the colon of the port.
std::size_t host_end(std::string_view authority) {
  if (!authority.starts_with('[')) return std::min(authority.find(':'), authority.size());
  const auto bracket = authority.find(']');
  return bracket == std::string_view::npos ? authority.size() : bracket + 1;
}

std::optional<std::string> parse_host(std::string_view text) {
  if (text.starts_with('[')) {
    if (text.size() < 2 || !text.ends_with(']')) return std::nullopt;
    text = text.substr(1, text.size() - 2);
    return is_address(AF_INET6, text) ? std::optional(lower_case(text)) : std::nullopt;
  }
  if (is_address(AF_INET, text) || is_name(text)) return lower_case(text);
  return std::nullopt;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > kMaxUrl) return bad_url("is longer than 2048 characters");
  Url url{.tls = text.starts_with("https://"), .host = {}, .port = 80, .target = "/"};
  if (!url.tls && !text.starts_with("http://"))
    return bad_url("does not begin with http:// or https://");
  if (url.tls) url.port = 443;
  text.remove_prefix(text.find("//") + 2);
  if (text.contains('#')) return bad_url("has a fragment");

  const std::string_view authority = text.substr(0, text.find_first_of("/?"));
  const std::string_view target = text.substr(authority.size());
  if (authority.contains('@')) return bad_url("has user information");
  if (!is_target(target)) return bad_url("has a character that must be percent-encoded");
  if (!target.empty()) url.target = (target.starts_with('?') ? "/" : "") + std::string(target);

  const auto end = host_end(authority);
  auto host = parse_host(authority.substr(0, end));
  if (!host) return bad_url("has no host, or a host in an unusual notation");
  url.host = *std::move(host);
  if (end == authority.size()) return url;
  const auto port = authority[end] == ':' ? parse_port(authority.substr(end + 1)) : std::nullopt;
  if (!port) return bad_url("has a port that is not between 1 and 65535");
  url.port = *port;
  return url;
}

std::string Url::authority() const {
  const bool v6 = host.contains(':');
  std::string text = v6 ? "[" + host + "]" : host;
  if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
  return text;
}

}  // namespace cardvault
