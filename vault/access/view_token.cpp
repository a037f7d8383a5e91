#include "vault/access/view_token.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "crypto/error_codes.h"
#include "crypto/keys/error_codes.h"
#include "crypto/paseto.h"
#include "vault/access/error_codes.h"
#include "vault/wallet/times.h"

namespace cardvault {
namespace {

struct Footer {
  KeyId key = 0;
  std::string device;
};

std::unexpected<Error> token_invalid() {
  return fail(CryptoError::token_invalid,
              "The token is not a valid token of this vault. Unlock the wallet to get a new one.");
}

std::string make_footer(KeyId key, const DeviceId& device) {
  return R"({"kid":")" + std::to_string(key) + R"(","dev":")" + device.text() + R"("})";
}

/// Accepts only the exact form that make_footer() writes.
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

/// Writes the claims as a JSON object. The members always have this order.
std::string write_claims(const TokenClaims& claims) {
  std::string text =
      R"({"sub":")" + claims.wallet.text() + R"(","dev":")" + claims.device.text() +
      R"(","jti":")" + claims.id.text() + R"(","iat":")" + format_rfc3339(claims.issued_at) +
      R"(","exp":")" + format_rfc3339(claims.expires_at) + R"(","scope":")" +
      scope_text(claims.scopes) + R"(","epoch":")" + std::to_string(claims.epoch) + '"';
  if (claims.card) text += R"(,"card":")" + claims.card->text() + '"';
  if (claims.channel) text.append(R"(,"channel":")").append(channel_name(*claims.channel)) += '"';
  text += '}';
  return text;
}

/// Reads only texts that write_claims() wrote. Every text was authenticated before, so a general
/// JSON parser would only cost time on the path of each list view.
class ClaimsReader {
 public:
  explicit ClaimsReader(std::string_view text) : text_(text) { skip("{"); }

  /// Returns the value of the next member, which must be `name`. Returns "" if it is another.
  std::string_view next(std::string_view name) {
    if (!first_) skip(",");
    first_ = false;
    skip("\"");
    skip(name);
    skip("\":\"");
    const std::string_view value = text_.substr(0, text_.find('"'));
    text_.remove_prefix(value.size());
    skip("\"");
    return value;
  }
  bool has(std::string_view name) const {
    return text_.starts_with(",\"") && text_.substr(2).starts_with(name);
  }
  template <class Value>
  Value required(std::optional<Value> value) {
    broken_ = broken_ || !value;
    return value.value_or(Value());
  }
  bool finished() {
    skip("}");
    return !broken_ && text_.empty();
  }

 private:
  void skip(std::string_view expected) {
    if (!text_.starts_with(expected)) {
      broken_ = true;
    } else {
      text_.remove_prefix(expected.size());
    }
  }

  std::string_view text_;
  bool first_ = true;
  bool broken_ = false;
};

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<TokenClaims> parse_claims(std::string_view text) {
  ClaimsReader in(text);
  TokenClaims claims;
  claims.wallet = in.required(WalletId::parse(in.next("sub")));
  claims.device = in.required(DeviceId::parse(in.next("dev")));
  claims.id = in.required(TokenId::parse(in.next("jti")));
  claims.issued_at = in.required(parse_rfc3339(in.next("iat")));
  claims.expires_at = in.required(parse_rfc3339(in.next("exp")));
  claims.scopes = in.required(parse_scopes(in.next("scope")));
  claims.epoch = in.required(parse_number(in.next("epoch")));
  if (in.has("card")) claims.card = in.required(CardId::parse(in.next("card")));
  if (in.has("channel")) claims.channel = in.required(parse_channel(in.next("channel")));
  if (!in.finished()) return std::nullopt;
  return claims;
}

}  // namespace

Result<std::string> mint_token(const LiveKeyring& keyring, const TokenClaims& claims,
                               RandomSource& random) {
  TRY_VALUE(const auto key, keyring.current(Purpose::token));
  return paseto::encrypt(key->material.expose(), write_claims(claims),
                         make_footer(key->id, claims.device), claims.device.text(), random);
}

Result<TokenClaims> read_token(const LiveKeyring& keyring, std::string_view token) {
  const auto footer_text = paseto::unverified_footer(token);
  if (!footer_text) return token_invalid();
  const auto footer = parse_footer(*footer_text);
  if (!footer) return token_invalid();
  const auto key = keyring.find_cached(Purpose::token, footer->key);
  if (!key && key.error().code == KeyError::vault_sealed) return fail(key.error());
  if (!key) return token_invalid();
  const auto message =
      paseto::decrypt((*key)->material.expose(), token, *footer_text, footer->device);
  if (!message) return token_invalid();
  auto claims = parse_claims(*message);
  if (!claims) return token_invalid();
  return std::move(*claims);
}

Result<TokenClaims> verify_token(const LiveKeyring& keyring, std::string_view token, Time now) {
  auto claims = read_token(keyring, token);
  if (!claims) return claims;
  if (claims->expires_at <= now)
    return fail(AccessError::token_expired,
                "The token has expired. Unlock the wallet to get a new one.");
  if (claims->issued_at > now + kClockTolerance ||
      claims->expires_at > now + kLongestTokenLife + kClockTolerance) {
    return fail(CryptoError::token_invalid,
                "The clock that issued the token was ahead. Unlock the wallet to get a new one.");
  }
  return claims;
}

Result<TokenClaims> verify_presented_token(const LiveKeyring& keyring, std::string_view token,
                                           std::string_view device_header, Time now) {
  auto claims = verify_token(keyring, token, now);
  if (!claims) return claims;
  if (claims->device.text() == device_header) return claims;
  return fail(AccessError::token_wrong_device,
              device_header.empty()
                  ? "The Device-Id header is missing. Send the id of the token's device."
                  : "The token belongs to another device.");
}

}  // namespace cardvault
