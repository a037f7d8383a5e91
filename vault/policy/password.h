#pragma once

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// The shortest a payment password may be: six digits is what payment wallets in the scene use, and
/// five tries before a lock-out is what makes it enough.
inline constexpr std::size_t kShortestPassword = 6;
inline constexpr std::size_t kLongestPassword = 128;

/// weak_credential (reason too_short, commonplace, one_character, sequence), or invalid_request
/// (too_long, control_characters) for a password that may not be set. Counted in code points.
[[nodiscard]] Status check_new_password(const SecretText& password);

}  // namespace cardvault
