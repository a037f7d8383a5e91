#pragma once

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// The shortest that a password may be, in code points. Digits alone need about ten: see below.
inline constexpr std::size_t kShortestPassword = 6;
inline constexpr std::size_t kLongestPassword = 128;

/// Whether a password may be set, judged in the form that is hashed (crypto/opaque_string.h).
/// weak_credential: too_short, one_character, sequence, or commonplace, which is guessed within
/// 10^8 tries by the estimate of zxcvbn, with the words and numbers of vault/access/weak_words.h
/// among the first. invalid_request: too_long, control_characters, or not_allowed for a character
/// that has no place in a password. Takes under ten milliseconds: zxcvbn is slow with long texts,
/// so it sees the first 25 bytes.
[[nodiscard]] Status check_new_password(const SecretText& password);

}  // namespace cardvault
