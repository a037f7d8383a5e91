#include "api/handlers/validator.h"

#include <algorithm>
#include <optional>

#include "crypto/keyed_hash.h"

namespace cardvault::api {
namespace {

/// 144 bits, which base64url writes without a partial group. A collision of lists is not to be
/// expected.
constexpr std::size_t kTagBytes = 18;

constexpr std::string_view kWhiteSpace = " \t";

void skip(std::string_view& rest, std::string_view characters) {
  rest.remove_prefix(std::min(rest.find_first_not_of(characters), rest.size()));
}

bool may_stand_in_tag(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

/// Removes one entity tag from the front of `rest` and returns its quoted part.
std::optional<std::string_view> take_tag(std::string_view& rest) {
  if (rest.starts_with("W/")) rest.remove_prefix(2);
  if (!rest.starts_with('"')) return std::nullopt;
  const auto end = rest.find('"', 1);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view tag = rest.substr(0, end + 1);
  rest.remove_prefix(tag.size());
  if (!std::ranges::all_of(tag.substr(1, end - 1), may_stand_in_tag)) return std::nullopt;
  return tag;
}

}  // namespace

Result<std::string> validator_of(const LiveKeyring& keyring, const Viewer& viewer,
                                 std::string_view body) {
  TRY_VALUE(const auto keys, keyring.opened());
  TRY_VALUE(const auto key, keys->current(Purpose::request_digest));
  const TokenClaims& claims = viewer.claims;
  const std::string card = claims.card ? claims.card->text() : "";
  const std::string_view channel = claims.channel ? channel_name(*claims.channel) : "";
  const std::string scopes = scope_text(claims.scopes);
  const Digest content = plain_hash(as_bytes(body));
  const Digest tag = keyed_hash(key->material.expose(), "entity-tag",
                                {viewer.wallet.id.bits().bytes, as_bytes(channel), as_bytes(card),
                                 as_bytes(scopes), as_bytes(viewer.wallet.locale), content});
  return '"' + to_base64url(ByteView(tag).first(kTagBytes)) + '"';
}

bool lists_tag(std::string_view if_none_match, std::string_view etag) {
  std::string_view rest = if_none_match;
  while (rest.ends_with(' ') || rest.ends_with('\t')) rest.remove_suffix(1);
  skip(rest, kWhiteSpace);
  if (rest == "*") return true;
  bool found = false;
  skip(rest, " \t,");
  while (!rest.empty()) {
    const auto tag = take_tag(rest);
    if (!tag) return false;
    found = found || *tag == etag;
    skip(rest, kWhiteSpace);
    if (!rest.empty() && rest.front() != ',') return false;
    skip(rest, " \t,");
  }
  return found;
}

}  // namespace cardvault::api
