#include "vault/policy/password.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "base/bytes.h"

namespace cardvault {
namespace {

// The head of every published list of leaked passwords that is at least six characters long.
constexpr std::array<std::string_view, 24> kCommonplace{
    "password",   "password1", "passw0rd",  "iloveyou", "qwerty",  "qwerty123",
    "qwertyuiop", "1q2w3e4r",  "1qaz2wsx",  "abc123",   "a123456", "admin123",
    "letmein",    "welcome",   "monkey",    "dragon",   "woaini",  "woaini1314",
    "5201314",    "1314520",   "147258369", "112233",   "123123",  "password123"};

std::unexpected<Error> weak(std::string reason) {
  Error error = make_error(ErrorCode::weak_credential, "This password is too easy to guess.");
  error.fields.push_back({"password", std::move(reason)});
  return fail(std::move(error));
}

/// True when the bytes of the first code point come again and again, to the end.
bool is_one_character(std::string_view text) {
  std::size_t first = 1;
  while (utf8_length(text.substr(0, first + 1)) == 1) ++first;
  return text.substr(first) == text.substr(0, text.size() - first);
}

int step_between(char from, char to) {
  if (from == '9' && to == '0') return 1;
  if (from == '0' && to == '9') return -1;
  return to - from;
}

bool is_sequence(std::string_view text) {
  const int step = step_between(text[0], text[1]);
  if (step != 1 && step != -1) return false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (step_between(text[i - 1], text[i]) != step) return false;
  }
  return true;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {}, [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
}

}  // namespace

Status check_new_password(const SecretText& password) {
  const std::string_view text = password.expose();
  if (!is_printable_utf8(text)) return fail(invalid_field("password", "control_characters"));
  if (utf8_length(text) > kLongestPassword) return fail(invalid_field("password", "too_long"));
  if (utf8_length(text) < kShortestPassword) return weak("too_short");
  if (is_one_character(text)) return weak("one_character");
  if (is_sequence(text)) return weak("sequence");
  const bool known = std::ranges::any_of(kCommonplace, [&](std::string_view commonplace) {
    return equals_ignoring_case(text, commonplace);
  });
  if (known) return weak("commonplace");
  return {};
}

}  // namespace cardvault
