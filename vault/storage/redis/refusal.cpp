#include "vault/storage/redis/refusal.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace cardvault {
namespace {

constexpr std::array<std::string_view, 3> kOverload{"OOM", "BUSY", "TRYAGAIN"};
constexpr std::array<std::string_view, 5> kDenied{"NOPERM", "WRONGPASS", "NOAUTH",
                                                  "can't run this command", "No permissions"};
constexpr std::array<std::string_view, 7> kPassing{
    "READONLY", "NOREPLICAS", "MISCONF", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "UNBLOCKED"};
/// Replies of Redis to an invalid command, or to a script that failed because of its own code.
constexpr std::array<std::string_view, 9> kNotUnderstood{
    "ERR wrong number of arguments",
    "ERR unknown command",
    "ERR unknown subcommand",
    "ERR syntax error",
    "ERR value is not",
    "ERR Error compiling script",
    "ERR user_script",
    "ERR Protocol error",
    "CROSSSLOT",
};
constexpr std::size_t kMostText = 200;

bool is_part_of_a_word(char c) {
  return is_letter_or_digit(c) || c == '_';
}

template <class Words>
bool says_any(std::string_view text, const Words& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return says(text, word); });
}

/// Returns the first words of the text, up to the first word with other characters than letters.
std::string first_words(std::string_view text) {
  const auto plain = std::ranges::find_if(text, [](char c) {
    return !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && c != ' ' && c != '\'';
  });
  const std::string_view words(text.begin(), plain);
  return std::string(plain == text.end() ? words : words.substr(0, words.rfind(' ')));
}

}  // namespace

bool says(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    const bool begins = at == 0 || !is_part_of_a_word(text[at - 1]);
    if (begins && (end == text.size() || !is_part_of_a_word(text[end]))) return true;
  }
  return false;
}

RedisRefusal redis_refusal(std::string_view text) {
  const std::string known(text.substr(0, kMostText));
  if (says_any(text, kDenied)) return {.denied = true, .reconnect = true, .words = known};
  if (says_any(text, kPassing)) return {.reconnect = true, .words = known};
  if (says_any(text, kOverload)) return {.words = known};
  const std::string words = first_words(text);
  if (text.starts_with("WRONGTYPE")) return {.code = ErrorCode::record_corrupt, .words = words};
  const bool not_understood = std::ranges::any_of(
      kNotUnderstood, [&](std::string_view start) { return text.starts_with(start); });
  if (not_understood) return {.code = ErrorCode::internal, .words = words};
  return {.reconnect = true, .words = words};
}

}  // namespace cardvault
