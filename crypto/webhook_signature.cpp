#include "crypto/webhook_signature.h"

#include <algorithm>
#include <charconv>
#include <ranges>

#include "base/ascii.h"
#include "crypto/error_codes.h"

namespace cardvault {
namespace {

constexpr std::size_t kMostIdCharacters = 128;
constexpr std::size_t kTimestampDigits = 10;
constexpr std::size_t kMostSignatures = 16;
constexpr std::string_view kScheme = "v1a,";
constexpr std::string_view kKeyPrefix = "whpk_";

std::string signed_text(std::string_view id, std::string_view timestamp, std::string_view body) {
  std::string text;
  text.reserve(id.size() + timestamp.size() + body.size() + 2);
  text.append(id).append(1, '.').append(timestamp).append(1, '.').append(body);
  return text;
}

template <class Fixed>
std::optional<Fixed> from_base64_exactly(std::string_view text) {
  Fixed value{};
  if (text.size() != (value.size() + 2) / 3 * 4) return std::nullopt;
  const auto bytes = from_base64(text);
  if (!bytes || bytes->size() != value.size()) return std::nullopt;
  std::ranges::copy(*bytes, value.begin());
  return value;
}

std::optional<Time> parse_timestamp(std::string_view text) {
  const bool plain =
      text.size() == kTimestampDigits && text.front() != '0' && std::ranges::all_of(text, is_digit);
  if (!plain) return std::nullopt;
  std::int64_t seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return Time{Seconds{seconds}};
}

// The signed text joins id, timestamp and body with dots. If a part of the id could be the
// timestamp, one signature would fit two messages that are cut at different dots.
bool could_be_cut_elsewhere(std::string_view id) {
  auto behind_a_dot = std::views::split(id, '.') | std::views::drop(1);
  return std::ranges::any_of(behind_a_dot, [](const auto& part) {
    return parse_timestamp(std::string_view(part)).has_value();
  });
}

bool is_webhook_id(std::string_view id) {
  if (id.empty() || id.size() > kMostIdCharacters) return false;
  const auto visible = [](char c) { return c > ' ' && c < '\x7f'; };
  return std::ranges::all_of(id, visible) && !could_be_cut_elsewhere(id);
}

bool is_one_by(const Ed25519PublicKey& key, std::string_view text, std::string_view signatures) {
  std::size_t tried = 0;
  for (const auto& part : std::views::split(signatures, ' ')) {
    const std::string_view entry(part);
    if (!entry.starts_with(kScheme)) continue;
    if (++tried > kMostSignatures) return false;
    const auto signature = from_base64_exactly<Ed25519Signature>(entry.substr(kScheme.size()));
    if (signature && verify_ed25519(key, as_bytes(text), *signature)) return true;
  }
  return false;
}

std::unexpected<Error> invalid(std::string_view why) {
  return fail(CryptoError::signature_invalid, "The signature of the message is not valid.",
              OperatorText{"webhook: " + std::string(why)});
}

}  // namespace

WebhookHeaders sign_webhook(std::span<const ByteView> seeds, std::string_view id, Time at,
                            std::string_view body) {
  const auto seconds = std::chrono::floor<Seconds>(at.time_since_epoch()).count();
  WebhookHeaders headers{
      .id = std::string(id), .timestamp = std::to_string(seconds), .signature = {}};
  const std::string text = signed_text(id, headers.timestamp, body);
  for (const ByteView seed : seeds) {
    if (!headers.signature.empty()) headers.signature += ' ';
    headers.signature.append(kScheme).append(to_base64(sign_ed25519(seed, as_bytes(text))));
  }
  return headers;
}

WebhookHeaders sign_webhook(ByteView seed, std::string_view id, Time at, std::string_view body) {
  return sign_webhook(std::span(&seed, 1), id, at, body);
}

Status verify_webhook(const Ed25519PublicKey& key, const WebhookHeaders& headers, Time now,
                      std::string_view body) {
  const auto sent_at = parse_timestamp(headers.timestamp);
  if (!sent_at) return invalid("webhook-timestamp is missing or malformed");
  if (!is_webhook_id(headers.id)) return invalid("webhook-id is missing or malformed");
  const std::string text = signed_text(headers.id, headers.timestamp, body);
  if (!is_one_by(key, text, headers.signature)) return invalid("no signature matches the key");
  if (std::chrono::abs(now - *sent_at) > kWebhookTolerance) {
    return fail(CryptoError::signature_expired,
                "The timestamp of the message differs too much from the receiver's clock.");
  }
  return {};
}

std::string webhook_public_key(const Ed25519PublicKey& key) {
  return std::string(kKeyPrefix) + to_base64(key);
}

std::optional<Ed25519PublicKey> parse_webhook_public_key(std::string_view text) {
  if (!text.starts_with(kKeyPrefix)) return std::nullopt;
  return from_base64_exactly<Ed25519PublicKey>(text.substr(kKeyPrefix.size()));
}

}  // namespace cardvault
