#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cardvault {

/// What a code point is, by Unicode's own properties as ICU has them. There is no table of
/// look-alike letters here and there shall be none.
enum class Glyph : std::uint8_t {
  digit,     ///< a decimal digit of any script, circled or not: general category Nd or No
  space,     ///< Z*
  dash,      ///< Pd
  stop,      ///< other punctuation, P*, and symbols that are neither a plus nor of a currency
  thin,      ///< takes no room of its own: format characters, marks, default ignorables
  plus,      ///< U+002B
  currency,  ///< Sc
  other,
};

struct Character {
  char32_t point = 0;
  Glyph glyph = Glyph::other;
  std::uint8_t digit = 0;  ///< 0 to 9 when `glyph` is digit
};

[[nodiscard]] Character character_of(char32_t point);

/// A code point taken apart by compatibility (NFKD). Unicode promises 18 at most.
struct Decomposed {
  std::array<char32_t, 18> points{};
  std::size_t count = 0;
};

[[nodiscard]] Decomposed decompose(char32_t point);

/// Takes the first code point off the text; U+FFFD for each byte that is not UTF-8, nullopt at the
/// end.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text);

/// Calls `take(Character)` for each character of the text's compatibility form. Composition is left
/// out: no digit and no separator takes part in it, so NFKC and NFKD are the same to whoever looks
/// for these. Keeps no copy of the text.
template <class Take>
void fold_text(std::string_view text, Take take) {
  while (const auto point = take_code_point(text)) {
    if (*point < 0x80) {
      take(character_of(*point));
      continue;
    }
    const Decomposed parts = decompose(*point);
    for (std::size_t i = 0; i < parts.count; ++i) take(character_of(parts.points.at(i)));
  }
}

/// Without white space and invisible format characters at both ends. Characters that change the
/// direction of text stay, to be refused.
[[nodiscard]] std::string_view trim_blanks(std::string_view text);

/// True for a line of text that people can see and that stays where it stands: it has at least one
/// visible character, and none of these: line and paragraph separators; bidirectional embeddings,
/// overrides and isolates (UAX #9); format characters that Unicode says to ignore. Allowed among
/// the latter are the marks LRM, RLM and ALM; ZWJ and ZWNJ behind a letter, a mark or a pictograph,
/// where Arabic, Indic scripts and emoji need them; and emoji tags behind a pictograph.
[[nodiscard]] bool is_displayable(std::string_view text);

}  // namespace cardvault
