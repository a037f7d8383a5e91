#include "vault/tokens/view_token.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "crypto/paseto.h"

namespace cardvault {
namespace {

using nlohmann::json;

struct Footer {
  KeyId key = 0;
  std::string device;
};

std::unexpected<Error> token_invalid() {
  return fail(ErrorCode::token_invalid, "The token is not one of this vault's.");
}

std::string make_footer(KeyId key, const DeviceId& device) {
  return R"({"kid":")" + std::to_string(key) + R"(","dev":")" + device.text() + R"("})";
}

/// Only the exact form that make_footer writes.
std::optional<Footer> parse_footer(std::string_view text) {
  constexpr std::string_view head = R"({"kid":")";
  constexpr std::string_view middle = R"(","dev":")";
  constexpr std::string_view tail = R"("})";
  if (!text.starts_with(head) || !text.ends_with(tail)) return std::nullopt;
  text.remove_prefix(head.size());
  const std::size_t split = text.find(middle);
  if (split == std::string_view::npos) return std::nullopt;
  Footer footer;
  const auto [end, error] = std::from_chars(text.data(), text.data() + split, footer.key);
  if (error != std::errc{} || end != text.data() + split) return std::nullopt;
  text.remove_prefix(split + middle.size());
  if (text.size() != DeviceId::kTextLength + tail.size()) return std::nullopt;
  footer.device = text.substr(0, DeviceId::kTextLength);
  return footer;
}

template <class Value>
Value required(std::optional<Value> value) {
  return std::move(value).value();
}

/// Throws std::exception of one kind or another when the text is not what mint_token wrote.
TokenClaims parse_claims(const std::string& text, const std::string& device) {
  const json members = json::parse(text);
  const auto member = [&](const char* name) -> const std::string& {
    return members.at(name).get_ref<const std::string&>();
  };
  TokenClaims claims{.wallet = required(WalletId::parse(member("sub"))),
                     .device = required(DeviceId::parse(device)),
                     .id = required(TokenId::parse(member("jti"))),
                     .issued_at = required(parse_rfc3339(member("iat"))),
                     .expires_at = required(parse_rfc3339(member("exp"))),
                     .scopes = required(ScopeSet::parse(member("scope"))),
                     .epoch = members.at("epoch").get<std::uint32_t>()};
  if (members.contains("card")) claims.card = required(CardId::parse(member("card")));
  if (members.contains("channel")) claims.channel = required(parse_channel(member("channel")));
  return claims;
}

}  // namespace

Result<std::string> mint_token(const Keyring& keyring, const TokenClaims& claims,
                               RandomSource& random) {
  const auto key = keyring.current(Purpose::token);
  if (!key) return fail(key.error());
  const std::string device = claims.device.text();
  json members{{"sub", claims.wallet.text()},
               {"dev", device},
               {"jti", claims.id.text()},
               {"iat", format_rfc3339(claims.issued_at)},
               {"exp", format_rfc3339(claims.expires_at)},
               {"scope", claims.scopes.text()},
               {"epoch", claims.epoch}};
  if (claims.card) members["card"] = claims.card->text();
  if (claims.channel) members["channel"] = channel_name(*claims.channel);
  return paseto::encrypt((*key)->material.expose(), members.dump(),
                         make_footer((*key)->id, claims.device), device, random);
}

Result<TokenClaims> verify_token(const Keyring& keyring, std::string_view token, Time now) {
  const auto footer_text = paseto::unverified_footer(token);
  if (!footer_text) return token_invalid();
  const auto footer = parse_footer(*footer_text);
  if (!footer) return token_invalid();
  const auto key = keyring.find(Purpose::token, footer->key);
  if (!key) return token_invalid();
  const auto message =
      paseto::decrypt((*key)->material.expose(), token, *footer_text, footer->device);
  if (!message) return token_invalid();
  try {
    TokenClaims claims = parse_claims(*message, footer->device);
    if (claims.expires_at <= now) return fail(ErrorCode::token_expired, "The token has expired.");
    return claims;
  } catch (const std::exception&) {
    return token_invalid();
  }
}

Result<TokenClaims> verify_presented_token(const Keyring& keyring, std::string_view token,
                                           std::string_view device_header, Time now) {
  auto claims = verify_token(keyring, token, now);
  if (!claims) return claims;
  if (claims->device.text() == device_header) return claims;
  return fail(ErrorCode::token_wrong_device, device_header.empty()
                                                 ? "The Device-Id header is missing."
                                                 : "The token belongs to another device.");
}

}  // namespace cardvault
