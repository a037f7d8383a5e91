#include "base/unicode.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include "base/utf8.h"

namespace cardvault {
namespace {

// A Braille pattern without dots. Its category says symbol, but it shows nothing.
constexpr char32_t kBrailleBlank = 0x2800;
constexpr char32_t kReplacement = 0xfffd;

constexpr char32_t from_surrogates(char32_t high, char32_t low) {
  return 0x10000 + ((high - 0xd800) << 10U) + (low - 0xdc00);
}

UChar32 as_icu(char32_t point) {
  return static_cast<UChar32>(point);
}

std::uint32_t category_bit(char32_t point) {
  return U_GET_GC_MASK(as_icu(point));
}

bool is_in(char32_t point, std::uint32_t categories) {
  return (category_bit(point) & categories) != 0;
}

bool has(char32_t point, UProperty property) {
  return u_hasBinaryProperty(as_icu(point), property) != 0;
}

bool is_ignorable_format(char32_t point) {
  return is_in(point, U_GC_CF_MASK) && has(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

/// Classifies characters below U+0080; this needs no library.
Character ascii_character(char32_t point) {
  if (point >= '0' && point <= '9') {
    return {point, Glyph::digit, static_cast<std::uint8_t>(point - '0')};
  }
  const bool letter = (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
  if (letter || point < ' ' || point == 0x7f) return {point, Glyph::other};
  if (point == ' ') return {point, Glyph::space};
  if (point == '-') return {point, Glyph::dash};
  if (point == '+') return {point, Glyph::plus};
  if (point == '$') return {point, Glyph::currency};
  return {point, Glyph::stop};
}

bool moves_text(char32_t point) {
  switch (u_charDirection(as_icu(point))) {
    case U_LEFT_TO_RIGHT_EMBEDDING:
    case U_LEFT_TO_RIGHT_OVERRIDE:
    case U_RIGHT_TO_LEFT_EMBEDDING:
    case U_RIGHT_TO_LEFT_OVERRIDE:
    case U_POP_DIRECTIONAL_FORMAT:
    case U_FIRST_STRONG_ISOLATE:
    case U_LEFT_TO_RIGHT_ISOLATE:
    case U_RIGHT_TO_LEFT_ISOLATE:
    case U_POP_DIRECTIONAL_ISOLATE:
      return true;
    default:
      return false;
  }
}

bool is_tag(char32_t point) {
  return is_ignorable_format(point) && has(point, UCHAR_EMOJI_COMPONENT) &&
         !has(point, UCHAR_JOIN_CONTROL);
}

/// True if a format character has a meaning at its place. `before` is the character in front of it,
/// 0 at the beginning of the text.
bool is_in_place(char32_t point, char32_t before) {
  if (has(point, UCHAR_BIDI_CONTROL)) return true;
  const bool pictograph =
      has(before, UCHAR_EXTENDED_PICTOGRAPHIC) || has(before, UCHAR_EMOJI_MODIFIER);
  if (is_tag(point)) return pictograph || is_tag(before);
  return has(point, UCHAR_JOIN_CONTROL) && (pictograph || is_in(before, U_GC_L_MASK | U_GC_M_MASK));
}

bool is_visible(char32_t point) {
  constexpr std::uint32_t unseen = U_GC_C_MASK | U_GC_Z_MASK | U_GC_MN_MASK | U_GC_ME_MASK;
  constexpr std::uint32_t seen = U_GC_CO_MASK;
  return (!is_in(point, unseen) || is_in(point, seen)) && point != kBrailleBlank &&
         !has(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool is_blank(char32_t point) {
  if (has(point, UCHAR_WHITE_SPACE)) return true;
  return is_ignorable_format(point) && !moves_text(point) && !is_tag(point) &&
         !has(point, UCHAR_JOIN_CONTROL);
}

}  // namespace

Character character_of(char32_t point) {
  if (point < 0x80) return ascii_character(point);
  const std::uint32_t category = category_bit(point);
  if ((category & (U_GC_ND_MASK | U_GC_NO_MASK)) != 0) {
    const double value = u_getNumericValue(as_icu(point));
    for (std::uint8_t digit = 0; digit <= 9; ++digit) {
      if (value == digit) return {point, Glyph::digit, digit};
    }
    return {point, Glyph::other};
  }
  if (has(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return {point, Glyph::thin};
  if ((category & (U_GC_CF_MASK | U_GC_M_MASK)) != 0) return {point, Glyph::thin};
  if ((category & U_GC_Z_MASK) != 0) return {point, Glyph::space};
  if ((category & U_GC_PD_MASK) != 0) return {point, Glyph::dash};
  if ((category & U_GC_SC_MASK) != 0) return {point, Glyph::currency};
  if ((category & (U_GC_P_MASK | U_GC_S_MASK)) != 0) return {point, Glyph::stop};
  return {point, Glyph::other};
}

Decomposed decompose(char32_t point) {
  Decomposed parts;
  parts.points[0] = point;
  parts.count = 1;
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* form = unorm2_getNFKDInstance(&error);
  if (U_FAILURE(error)) return parts;
  std::array<UChar, 2 * std::tuple_size_v<decltype(parts.points)>> units{};
  const std::int32_t length = unorm2_getDecomposition(
      form, as_icu(point), units.data(), static_cast<std::int32_t>(units.size()), &error);
  if (U_FAILURE(error) || length <= 0) return parts;
  parts.count = 0;
  char32_t high = 0;
  for (std::int32_t i = 0; i < length && parts.count < parts.points.size(); ++i) {
    const char32_t unit = units.at(static_cast<std::size_t>(i));
    if (U16_IS_LEAD(unit)) {
      high = unit;
    } else {
      parts.points.at(parts.count++) = high == 0 ? unit : from_surrogates(high, unit);
      high = 0;
    }
  }
  return parts;
}

std::optional<char32_t> take_code_point(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const CodePoint first = decode_utf8(text);
  text.remove_prefix(first.length == 0 ? 1 : first.length);
  return first.length == 0 ? kReplacement : char32_t{first.value};
}

std::string_view trim_blanks(std::string_view text) {
  std::size_t end_of_last = 0;
  std::string_view rest = text;
  bool begun = false;
  std::size_t begin = 0;
  while (true) {
    const std::size_t at = text.size() - rest.size();
    const auto point = take_code_point(rest);
    if (!point) break;
    if (is_blank(*point)) continue;
    if (!begun) begin = at;
    begun = true;
    end_of_last = text.size() - rest.size();
  }
  return begun ? text.substr(begin, end_of_last - begin) : std::string_view();
}

bool is_displayable(std::string_view text) {
  bool any_visible = false;
  char32_t before = 0;
  while (const auto point = take_code_point(text)) {
    if (moves_text(*point) || is_in(*point, U_GC_ZL_MASK | U_GC_ZP_MASK)) return false;
    if (is_ignorable_format(*point) && !is_in_place(*point, before)) return false;
    any_visible = any_visible || is_visible(*point);
    before = *point;
  }
  return any_visible;
}

}  // namespace cardvault
