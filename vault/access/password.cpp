#include "vault/access/password.h"

#include <zxcvbn.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/bytes.h"
#include "crypto/error_codes.h"
#include "crypto/opaque_string.h"
#include "vault/access/weak_words.h"

namespace cardvault {
namespace {

/// Number of bytes that zxcvbn gets. In a text that repeats itself, its time grows with the fifth
/// power of the length. It needs 8 ms for 25 characters, but seconds for "12" fifty times.
constexpr std::size_t kLooked = 25;
/// As a power of ten. An attacker who has a verifier and the pepper tries about 10^8 passwords in
/// two months on one processor.
constexpr double kFewestGuesses = 8;

std::unexpected<Error> weak(std::string reason) {
  Error error = make_error(
      CryptoError::weak_credential,
      "This password is too easy to guess. Use a longer one, for example several unrelated words.");
  error.fields.push_back({"password", std::move(reason)});
  return fail(std::move(error));
}

/// True if the text only repeats its first code point.
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

/// Looks only at the beginning of the text. A whole text needs at least as many guesses as a part
/// of it.
bool is_commonplace(std::string_view text) {
  std::array<char, kLooked + 1> beginning{};
  const WipeAtEnd wiped(beginning);
  std::ranges::copy(text.substr(0, kLooked), beginning.begin());
  return ZxcvbnMatch(beginning.data(), weak_words(), nullptr) * std::log10(2.0) < kFewestGuesses;
}

}  // namespace

Status check_new_password(const SecretText& password) {
  if (!is_printable_utf8(password.expose())) {
    return fail(invalid_field("password", "control_characters"));
  }
  const auto opaque = opaque_string(password);
  if (!opaque && password.size() > 0) return fail(invalid_field("password", "not_allowed"));
  const std::string_view text = opaque ? opaque->expose() : std::string_view();
  if (utf8_length(text) > kLongestPassword) return fail(invalid_field("password", "too_long"));
  if (utf8_length(text) < kShortestPassword) return weak("too_short");
  if (is_one_character(text)) return weak("one_character");
  if (is_sequence(text)) return weak("sequence");
  if (is_commonplace(text)) return weak("commonplace");
  return {};
}

}  // namespace cardvault
