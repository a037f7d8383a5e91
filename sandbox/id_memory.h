#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string_view>
#include <unordered_set>

namespace cardvault::sandbox {

/// Stored form of a webhook-id: 16 bytes of a hash over it and the channel. The chance that two of
/// a million are equal is below 10^-26.
using IdDigest = std::array<std::uint8_t, 16>;

[[nodiscard]] IdDigest digest_of_id(std::string_view channel, std::string_view webhook_id);

struct IdDigestHash {
  std::size_t operator()(const IdDigest& digest) const noexcept {
    std::size_t value = 0;
    std::memcpy(&value, digest.data(), sizeof value);
    return value;
  }
};

/// Remembers the newest ids. The table has its final size from the start, so adding and look-up
/// take the same time for any number of ids. Use from one thread at a time.
class IdMemory {
 public:
  /// A million ids take about 70 MB, which are used as ids come.
  static constexpr std::size_t kMost = 1'000'000;

  explicit IdMemory(std::size_t most = kMost) : most_(most) { known_.reserve(most); }

  [[nodiscard]] bool knows(const IdDigest& id) const { return known_.contains(id); }
  /// Forgets the oldest id if there are too many.
  void add(const IdDigest& id);
  void clear();
  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  std::size_t most_;
  std::unordered_set<IdDigest, IdDigestHash> known_;
  std::deque<IdDigest> oldest_first_;
};

}  // namespace cardvault::sandbox
