#pragma once

#include <optional>

#include "crypto/secret.h"

namespace cardvault {

/// The form of a password or passphrase that is hashed, so that it opens however the keyboard
/// spells it. It is the OpaqueString profile of RFC 8265, 4.2, with one addition and one omission:
///
///   1  fullwidth and halfwidth characters become the usual ones (the addition)
///   2  every space becomes U+0020
///   3  NFC; case is kept
///   4  each character must be of the FreeformClass (RFC 8264, 4.3): no control, format, private or
///      unassigned character, no conjoining jamo; a zero-width joiner or non-joiner only where a
///      script needs it (RFC 5892, appendix A.1 and A.2)
///
/// The rules of RFC 5892 for visible characters in context (middle dot, digits of two alphabets)
/// are left out. docs/decisions/0028 says why. ASCII text maps to itself.
///
/// nullopt for a text that is empty, is not well-formed UTF-8 or fails step 4. A mapped text maps
/// to itself. Copies made on the way are wiped. May be called from any thread.
[[nodiscard]] std::optional<SecretText> opaque_string(const SecretText& text);

}  // namespace cardvault
