#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cardvault {

/// A language tag (BCP 47) as far as it matters here: subtags of 1 to 8 letters and digits, the
/// first one a language of 2 to 8 letters. The underscore of POSIX and Java ("zh_CN") is read as a
/// dash; the letters' case stays as it was. nullopt for anything else.
[[nodiscard]] std::optional<std::string> parse_locale(std::string_view text);

/// Whether people of that locale are shown Chinese texts, else English ones: by the language alone,
/// without regard to case. zh and the languages that the subtag registry has under it and that are
/// written in Chinese characters: their readers read what Mandarin speakers read.
[[nodiscard]] bool is_chinese(std::string_view locale);

}  // namespace cardvault
