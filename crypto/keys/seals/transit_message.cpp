#include "crypto/keys/seals/transit_message.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "base/ascii.h"
#include "base/strict_json.h"

namespace cardvault {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestCiphertext = 2048;
constexpr std::size_t kLongestError = 200;
constexpr std::size_t kLongestWord = 32;
constexpr std::string_view kPrefix = "vault:v";
constexpr std::string_view kPlaintext = "\"plaintext\"";

bool is_base64(char c) {
  return is_letter_or_digit(c) || c == '+' || c == '/' || c == '=';
}

/// Appends base64 and leaves no copy behind: request() has reserved the room in `out`.
void append_base64(std::string& out, ByteView bytes) {
  std::string text = to_base64url(bytes);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  out += text;
  out.append((4 - text.size() % 4) % 4, '=');
  wipe(text);
}

std::optional<SecretBytes> from_base64(std::string_view padded) {
  if (padded.size() % 4 != 0 || padded.find_first_of("-_") != std::string_view::npos) {
    return std::nullopt;
  }
  std::string text(padded.substr(0, padded.find_last_not_of('=') + 1));
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  auto bytes = from_base64url(padded.size() - text.size() <= 2 ? std::string_view(text) : "?");
  wipe(text);
  if (!bytes) return std::nullopt;
  SecretBytes key = SecretBytes::copy_of(*bytes);
  wipe(*bytes);
  return key;
}

std::string request(std::string_view member, std::string_view text, ByteView bytes,
                    std::string_view associated) {
  std::string body;
  body.reserve(128 + text.size() + 2 * (bytes.size() + associated.size()));
  body.append("{\"").append(member).append("\":\"").append(text);
  append_base64(body, bytes);
  body.append("\",\"associated_data\":\"");
  append_base64(body, as_bytes(associated));
  return body.append("\"}");
}

/// The text member with that name in the object `data`; nullopt if the document has none.
std::optional<std::string> text_in_data(ByteView body, const char* member) {
  const auto document = parse_strict_json(as_text(body));
  if (!document || !document->is_object() || !document->contains("data")) return std::nullopt;
  const json& data = document->at("data");
  if (!data.is_object() || !data.contains(member)) return std::nullopt;
  const json& text = data[member];
  return text.is_string() ? std::optional(text.get<std::string>()) : std::nullopt;
}

std::string quotable(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  std::string kept;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find_first_of(kBlank));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.empty()) continue;
    if (kept.size() + kLongestWord > kLongestError) break;
    if (!kept.empty()) kept += ' ';
    kept += word.size() <= kLongestWord ? word : "...";
  }
  return is_printable_utf8(kept) ? kept : std::string();
}

/// The bytes between the quotes after the first `"plaintext":`; empty if there are none.
std::span<std::uint8_t> plaintext_in(SecretBytes& body) {
  const std::string_view text = as_text(body.expose());
  const auto name = text.find(kPlaintext);
  if (name == std::string_view::npos) return {};
  const auto colon = text.find_first_not_of(" \t\r\n", name + kPlaintext.size());
  if (colon == std::string_view::npos || text[colon] != ':') return {};
  const auto quote = text.find_first_not_of(" \t\r\n", colon + 1);
  if (quote == std::string_view::npos || text[quote] != '"') return {};
  const auto end = text.find('"', quote + 1);
  if (end == std::string_view::npos) return {};
  return body.expose_mutable().subspan(quote + 1, end - quote - 1);
}

}  // namespace

std::string encrypt_request(const SecretBytes& key, std::string_view associated) {
  return request("plaintext", {}, key.expose(), associated);
}

std::string decrypt_request(std::string_view ciphertext, std::string_view associated) {
  return request("ciphertext", ciphertext, {}, associated);
}

bool is_ciphertext(std::string_view text) {
  if (text.size() > kLongestCiphertext || !text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view version = text.substr(0, colon);
  const std::string_view bytes = text.substr(colon + 1);
  return !version.empty() && std::ranges::all_of(version, is_digit) && !bytes.empty() &&
         std::ranges::all_of(bytes, is_base64);
}

std::optional<std::string> ciphertext_of(ByteView body) {
  return text_in_data(body, "ciphertext");
}

/// Decodes the text, overwrites it with asterisks, and only then parses the JSON. If the parser
/// finds exactly these asterisks as data.plaintext, the text was that member and not a look-alike
/// elsewhere in the body.
std::optional<SecretBytes> plaintext_of(SecretBytes& body) {
  constexpr char kTaken = '*';
  const std::span<std::uint8_t> place = plaintext_in(body);
  auto key = from_base64(as_text(place));
  std::ranges::fill(place, static_cast<std::uint8_t>(kTaken));
  if (text_in_data(body.expose(), "plaintext") != std::string(place.size(), kTaken)) {
    return std::nullopt;
  }
  return key;
}

std::string error_of(ByteView body) {
  const auto document = parse_strict_json(as_text(body));
  if (!document || !document->is_object() || !document->contains("errors")) return {};
  const json& errors = document->at("errors");
  if (!errors.is_array() || errors.empty() || !errors[0].is_string()) return {};
  return quotable(errors[0].get_ref<const std::string&>());
}

}  // namespace cardvault
