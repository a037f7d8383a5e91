#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cardvault {

/// Class of a code point, from Unicode's own properties as ICU has them. Do not add a table of
/// look-alike letters here.
enum class Glyph : std::uint8_t {
  digit,     ///< worth 0 to 9, of any script, circled or not: general category Nd or No
  space,     ///< Z*
  dash,      ///< Pd
  stop,      ///< other punctuation, P*, and symbols other than plus and currency
  thin,      ///< has no width of its own: format characters, marks, default ignorables
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

/// Compatibility decomposition (NFKD) of a code point. Unicode guarantees at most 18 code points.
struct Decomposed {
  std::array<char32_t, 18> points{};
  std::size_t count = 0;
};

[[nodiscard]] Decomposed decompose(char32_t point);

/// Takes the first code point off `text`. U+FFFD for each byte that is not UTF-8; nullopt at the
/// end.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text);

/// Calls `take(Character)` for each character of the text's compatibility form. It decomposes and
/// does not compose again: composition changes no digit and no separator, so NFKC and NFKD give the
/// same result for these. It keeps no copy of the text.
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

/// Removes white space and invisible format characters at both ends. Characters that change the
/// direction of text stay, so that is_displayable() can refuse them.
[[nodiscard]] std::string_view trim_blanks(std::string_view text);

/// True for a line of text that people can see and that keeps its place on the screen. It must have
/// at least one visible character. It must not have line or paragraph separators, bidirectional
/// embeddings, overrides or isolates (UAX #9), or format characters that Unicode says to ignore.
///
/// Some of the latter are allowed: the marks LRM, RLM and ALM; ZWJ and ZWNJ after a letter, a mark
/// or a pictograph, where Arabic, Indic scripts and emoji need them; and emoji tags after a
/// pictograph.
[[nodiscard]] bool is_displayable(std::string_view text);

}  // namespace cardvault
