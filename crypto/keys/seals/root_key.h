#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// For seals whose root key is in this process while they wrap. aead_seal() seals the wrapped key
/// under the root key, with the bytes before it as associated data.
///
///   wrapped = head, as the seal likes it | nonce (24) | ciphertext (32) | tag (16)

/// Wraps `key` under `root`, which must have kAeadKeySize bytes. `label` names the seal and its
/// format, so the bytes of one never open as the bytes of another. The result begins with `head`.
[[nodiscard]] Bytes wrap_under_root(ByteView root, std::string_view label, ByteView head,
                                    const SecretBytes& key, RandomSource& random);

/// record_corrupt unless wrap_under_root() made `wrapped` with this root, this label and a head of
/// this length.
[[nodiscard]] Result<SecretBytes> unwrap_under_root(ByteView root, std::string_view label,
                                                    std::size_t head_size, ByteView wrapped);

}  // namespace cardvault
