#include "vault/wallet/keyed_digest.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"

namespace cardvault {

KeyedDigests::KeyedDigests(std::vector<KeyedDigest> current_first)
    : digests_(std::move(current_first)) {}

bool KeyedDigests::has(const Digest& value) const {
  return std::ranges::any_of(
      digests_, [&](const KeyedDigest& one) { return equal_constant_time(one.value, value); });
}

std::vector<KeyedDigest> KeyedDigests::to_reserve() const {
  std::vector<KeyedDigest> found = digests_;
  const KeyId encrypting = current().key;
  std::erase_if(found, [&](const KeyedDigest& one) { return one.key < encrypting; });
  return found;
}

std::vector<KeyedDigest> KeyedDigests::retired() const {
  std::vector<KeyedDigest> found = digests_;
  const KeyId encrypting = current().key;
  std::erase_if(found, [&](const KeyedDigest& one) { return one.key >= encrypting; });
  return found;
}

std::vector<KeyedDigest> KeyedDigests::oldest_first() const {
  std::vector<KeyedDigest> sorted = digests_;
  std::ranges::sort(sorted, {}, &KeyedDigest::key);
  return sorted;
}

}  // namespace cardvault
