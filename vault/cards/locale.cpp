#include "vault/cards/locale.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace cardvault {
namespace {

constexpr std::size_t kShortestLanguage = 2;
constexpr std::size_t kLongestSubtag = 8;

constexpr std::array<std::string_view, 17> kChinese{"zh",  "cdo", "cjy", "cmn", "cnp", "cpx",
                                                    "csp", "czh", "czo", "gan", "hak", "hsn",
                                                    "lzh", "mnp", "nan", "wuu", "yue"};

bool is_subtag(std::string_view text) {
  return !text.empty() && text.size() <= kLongestSubtag &&
         std::ranges::all_of(text, is_letter_or_digit);
}

std::string_view language_of(std::string_view locale) {
  return locale.substr(0, locale.find('-'));
}

}  // namespace

std::optional<std::string> parse_locale(std::string_view text) {
  std::string tag(text);
  std::ranges::replace(tag, '_', '-');
  const std::string_view language = language_of(tag);
  if (language.size() < kShortestLanguage || !std::ranges::all_of(language, is_letter)) {
    return std::nullopt;
  }
  std::size_t begin = 0;
  while (begin <= tag.size()) {
    const std::size_t end = std::min(tag.find('-', begin), tag.size());
    if (!is_subtag(std::string_view(tag).substr(begin, end - begin))) return std::nullopt;
    begin = end + 1;
  }
  return tag;
}

bool is_chinese(std::string_view locale) {
  std::string language(language_of(locale));
  for (char& c : language) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return std::ranges::find(kChinese, language) != kChinese.end();
}

}  // namespace cardvault
