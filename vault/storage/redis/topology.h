#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "vault/storage/redis/node.h"
#include "vault/storage/redis/slot.h"

namespace cardvault {

/// Which server has which slot. A standalone server has them all, and is all there is. Safe from
/// any thread.
class RedisTopology {
 public:
  using Node = std::shared_ptr<RedisNode>;

  /// Both outlive the topology. The map of a cluster is empty until refresh().
  RedisTopology(const RedisConnector& connector, const RedisLocation& location);

  /// The primary of the slot; nullptr while the map has none.
  [[nodiscard]] Node primary_of(std::uint16_t slot) const;
  /// All servers that have slots.
  [[nodiscard]] std::vector<Node> primaries() const;
  /// Besides them the replicas of a cluster's map, and whom redirections named since.
  [[nodiscard]] std::vector<Node> members() const;
  /// Rises with every map.
  [[nodiscard]] std::uint64_t version() const;

  /// A server that a redirection names; its connections are kept for the next one.
  [[nodiscard]] Node at(const RedisAddress& address);
  /// The slot is there now (MOVED).
  void moved(std::uint16_t slot, const RedisAddress& address);
  /// Asks the members one after the other for the map, at most every 50 ms, each time beginning
  /// with the next one: one that is cut off from the others has an old map. True when there is a
  /// newer one than `seen`. Of several callers one asks and the others wait for its result, no
  /// longer than its deadline.
  [[nodiscard]] bool refresh(std::uint64_t seen, RedisDeadline deadline);
  /// What the last refresh failed with.
  [[nodiscard]] Lost last_failure() const;

 private:
  [[nodiscard]] bool adopt(const Reply& slots, const RedisAddress& from);

  const RedisConnector& connector_;
  const bool cluster_;
  mutable std::shared_mutex mutex_;
  std::map<RedisAddress, Node> nodes_;
  std::array<Node, kRedisSlots> primaries_;
  std::uint64_t version_ = 0;
  Lost last_failure_{.why = "the cluster was not asked yet"};

  std::mutex refreshing_;
  RedisDeadline next_refresh_{};
  std::size_t first_asked_ = 0;
};

}  // namespace cardvault
