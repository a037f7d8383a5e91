#include "crypto/keys/seal.h"

namespace cardvault {

std::string_view seal_name(SealKind kind) {
  // clang-format off
  switch (kind) {
    case SealKind::key_file: return "keyfile";
    case SealKind::passphrase: return "passphrase";
    case SealKind::shamir: return "shamir";
    case SealKind::pkcs11: return "pkcs11";
    case SealKind::transit: return "transit";
  }
  // clang-format on
  return "unknown";
}

}  // namespace cardvault
