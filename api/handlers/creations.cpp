#include "api/handlers/creations.h"

#include <utility>

#include "api/handlers/members.h"
#include "base/bytes.h"
#include "base/unicode.h"
#include "vault/cards/locale.h"

namespace cardvault::api {
namespace {

constexpr std::size_t kLongestSubject = 128;
constexpr std::size_t kLongestDeviceName = 64;
constexpr std::size_t kLongestFingerprint = 512;
constexpr std::size_t kPublicKeySize = 32;  // X25519
constexpr std::size_t kLongestPanText = 64;
constexpr std::size_t kLongestHolderName = 128;
constexpr std::size_t kLongestPhone = 32;
constexpr std::size_t kLongestLocale = 35;  // minimum buffer in RFC 5646 (4.4.1)

Bytes read_public_key(Body& body) {
  const auto text = body.maybe_word("public_key", 64);
  if (!text) return {};
  auto key = from_base64url(*text);
  if (!key || key->size() != kPublicKeySize) {
    body.refuse("public_key", "invalid_format");
    return {};
  }
  return std::move(*key);
}

/// A name that may be displayed later. Until then it is kept sealed.
std::optional<SecretText> maybe_name(Body& body, std::string_view name, std::size_t longest) {
  const auto text = body.maybe_secret(name, longest);
  if (!text) return std::nullopt;
  const std::string_view kept = trim_blanks(text->expose());
  if (text->size() > 0 && !is_displayable(kept)) body.refuse(name, "not_printable");
  return SecretText(kept);
}

}  // namespace

NewWallet read_new_wallet(Body& body) {
  // Read as a secret, because an operator may use a phone number as subject.
  const SecretText subject = body.secret("subject", kLongestSubject);
  return {.subject = std::string(subject.expose()), .locale = maybe_locale(body).value_or("zh-CN")};
}

NewDevice read_new_device(Body& body) {
  NewDevice device;
  device.name = body.text("name", 1, kLongestDeviceName);
  device.fingerprint = body.secret("fingerprint", kLongestFingerprint);
  device.sim = body.maybe_secret("sim", kLongestFingerprint);
  device.public_key = read_public_key(body);
  return device;
}

CardMembers read_card_members(Body& body) {
  CardMembers read;
  read.pan = body.secret("pan", kLongestPanText);
  read.holder_name = maybe_name(body, "holder_name", kLongestHolderName);
  read.phone = body.maybe_secret("phone", kLongestPhone);
  read.channels = read_channels(body);
  return read;
}

Result<NewCard> parse_new_card(CardMembers members) {
  TRY_VALUE(auto pan, Pan::parse(members.pan));
  return NewCard{.pan = std::move(pan),
                 .holder_name = std::move(members.holder_name),
                 .phone = std::move(members.phone),
                 .channels = members.channels};
}

std::optional<std::string> maybe_locale(Body& body) {
  const auto text = body.maybe_text("locale", 1, kLongestLocale);
  if (!text) return std::nullopt;
  auto locale = parse_locale(*text);
  if (!locale) body.refuse("locale", "invalid_format");
  return locale;
}

}  // namespace cardvault::api
