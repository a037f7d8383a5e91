#include "crypto/keys/seals/root_key.h"

#include <algorithm>
#include <string>

#include "crypto/aead.h"
#include "crypto/big_endian.h"

namespace cardvault {
namespace {

Bytes associated_data(std::string_view label, ByteView head) {
  const auto length = to_big_endian(static_cast<std::uint32_t>(label.size()));
  Bytes bytes(length.size() + label.size() + head.size());
  auto at = std::ranges::copy(length, bytes.begin()).out;
  at = std::ranges::copy(as_bytes(label), at).out;
  std::ranges::copy(head, at);
  return bytes;
}

}  // namespace

Bytes wrap_under_root(ByteView root, std::string_view label, ByteView head, const SecretBytes& key,
                      RandomSource& random) {
  Bytes wrapped(head.begin(), head.end());
  aead_seal(root, key.expose(), associated_data(label, head), random, wrapped);
  return wrapped;
}

Result<SecretBytes> unwrap_under_root(ByteView root, std::string_view label, std::size_t head_size,
                                      ByteView wrapped) {
  const auto corrupt = [&](std::string_view why) {
    return fail(ErrorCode::record_corrupt, "The keyring cannot be opened with this root key.",
                OperatorText{std::string(label) + ": " + std::string(why)});
  };
  if (wrapped.size() != head_size + kAeadOverhead + kAeadKeySize) return corrupt("wrong length");
  auto opened =
      aead_open(root, wrapped.subspan(head_size), associated_data(label, wrapped.first(head_size)));
  if (!opened) return corrupt("changed, or wrapped by another root key");
  SecretBytes key = SecretBytes::copy_of(*opened);
  wipe(*opened);
  return key;
}

}  // namespace cardvault
