#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cardvault {

/// Parses a language tag, with only the rules of BCP 47 that matter here. Subtags have 1 to 8
/// letters and digits. The first subtag is a language of 2 to 8 letters. The underscore of POSIX
/// and Java ("zh_CN") becomes a dash; upper and lower case stay. Returns nullopt for any other
/// text.
[[nodiscard]] std::optional<std::string> parse_locale(std::string_view text);

/// True if people of that locale see Chinese texts, false if they see English ones. Only the
/// language decides, in any case. The Chinese ones are zh and the languages that the subtag
/// registry lists under zh and that are written in Chinese characters. Their readers can read
/// Mandarin texts.
[[nodiscard]] bool is_chinese(std::string_view locale);

}  // namespace cardvault
