#pragma once

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// Minimum length of a password in code points. The check below accepts digits alone only from
/// about ten on.
inline constexpr std::size_t kShortestPassword = 6;
inline constexpr std::size_t kLongestPassword = 128;

/// Checks that a password may be set. The check uses the form that is hashed
/// (crypto/opaque_string.h).
///
/// weak_credential has the reason too_short, one_character, sequence or commonplace. A password is
/// commonplace if zxcvbn estimates that an attacker finds it within 10^8 guesses. Its first guesses
/// include the words and numbers of vault/access/weak_words.h. invalid_request has the reason
/// too_long, control_characters, or not_allowed for a character that passwords may not contain.
///
/// The check takes less than ten milliseconds. zxcvbn is slow with long texts, so it gets only the
/// first 25 bytes.
[[nodiscard]] Status check_new_password(const SecretText& password);

}  // namespace cardvault
