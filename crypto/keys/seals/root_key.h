#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// What seals have in common whose root key is in this process while they wrap: the wrapped key is
/// sealed with aead_seal() under the root key, bound to what stands before it.
///
///   wrapped = head, as the seal likes it | nonce (24) | ciphertext (32) | tag (16)

/// Under `root`, which has kAeadKeySize bytes. `label` says which seal and format it is: the bytes
/// of one are never opened as another's. The result begins with `head`.
[[nodiscard]] Bytes wrap_under_root(ByteView root, std::string_view label, ByteView head,
                                    const SecretBytes& key, RandomSource& random);

/// record_corrupt unless wrap_under_root() made `wrapped` with this root, label and length of head.
[[nodiscard]] Result<SecretBytes> unwrap_under_root(ByteView root, std::string_view label,
                                                    std::size_t head_size, ByteView wrapped);

}  // namespace cardvault
