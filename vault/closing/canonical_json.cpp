#include "vault/closing/canonical_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <spanstream>
#include <string_view>

namespace cardvault {
namespace {

using nlohmann::json;

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
  return fail(ErrorCode::malformed_json, "The text is not one well-formed JSON value.");
}

std::unexpected<Error> not_canonical() {
  return fail(ErrorCode::invalid_request,
              "Only ASCII names, texts, booleans, null and exact integers have a canonical form.");
}

/// Wipes every text of a document at the end of a scope, because a text may hold a card number.
class WipedTexts {
 public:
  explicit WipedTexts(json& value) : value_(value) {}
  ~WipedTexts() { wipe_in(value_); }
  WipedTexts(const WipedTexts&) = delete;
  WipedTexts& operator=(const WipedTexts&) = delete;

 private:
  static void wipe_in(json& value) {
    if (auto* const text = value.get_ptr<std::string*>()) return wipe(*text);
    if (!value.is_structured()) return;
    for (json& inner : value) wipe_in(inner);
  }

  json& value_;
};

}  // namespace

Result<std::string> canonical_json(const json& value) {
  if (!is_canonicalizable(value)) return not_canonical();
  try {
    // dump() writes no spaces, sorts names by bytes and escapes only as RFC 8785, 3.2.2.2 says.
    return value.dump();
  } catch (const json::exception&) {
    return malformed();
  }
}

Result<SecretText> canonical_body(std::string_view text) {
  TRY_VALUE(auto value, parse_strict_json(text));
  const WipedTexts wiped(value);
  if (!is_canonicalizable(value)) return not_canonical();
  // The canonical form is never longer than `text`: no escape and no number becomes longer. So this
  // buffer does not grow and leaves no copies behind.
  std::string room(text.size(), '\0');
  std::ospanstream out(room);
  out << value;
  SecretText canonical{std::string_view(room).substr(0, out.span().size())};
  wipe(room);
  return canonical;
}

}  // namespace cardvault
