#include "sandbox/id_memory.h"

#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "crypto/keyed_hash.h"

namespace cardvault::sandbox {

IdDigest digest_of_id(std::string_view channel, std::string_view webhook_id) {
  const Digest whole = plain_hash(as_bytes(std::string(channel).append("\n").append(webhook_id)));
  IdDigest digest{};
  std::copy_n(whole.begin(), digest.size(), digest.begin());
  return digest;
}

void IdMemory::add(const IdDigest& id) {
  if (!known_.insert(id).second) return;
  oldest_first_.push_back(id);
  if (oldest_first_.size() <= most_) return;
  known_.erase(oldest_first_.front());
  oldest_first_.pop_front();
}

void IdMemory::clear() {
  known_.clear();
  oldest_first_.clear();
}

}  // namespace cardvault::sandbox
