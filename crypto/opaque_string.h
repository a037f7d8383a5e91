#pragma once

#include <optional>

#include "crypto/secret.h"

namespace cardvault {

/// Canonical form of a password or passphrase for hashing. With it, every keyboard's spelling of
/// the same secret gives the same hash. It is the OpaqueString profile of RFC 8265, 4.2, with one
/// addition and one omission:
///
///   1  fullwidth and halfwidth characters become the usual ones (the addition)
///   2  every space becomes U+0020
///   3  NFC; case is kept
///   4  each character must be of the FreeformClass (RFC 8264, 4.3): no control, format, private or
///      unassigned character, no conjoining jamo; a zero-width joiner or non-joiner only where a
///      script needs it (RFC 5892, appendix A.1 and A.2)
///
/// The omission: the rules of RFC 5892 for visible characters in context (middle dot, digits of two
/// alphabets). docs/decisions/0028 gives the reasons. Printable ASCII text maps to itself.
///
/// nullopt for a text that is empty, is longer than 64 KiB, is not well-formed UTF-8 or fails step
/// 4. A mapped text maps to itself. Intermediate copies are wiped. Safe from any thread.
[[nodiscard]] std::optional<SecretText> opaque_string(const SecretText& text);

}  // namespace cardvault
