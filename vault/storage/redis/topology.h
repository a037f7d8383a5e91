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

/// The map from slots to servers. A standalone server has all slots and is the only server. Safe to
/// use from any thread.
class RedisTopology {
 public:
  using Node = std::shared_ptr<RedisNode>;

  /// Both arguments must outlive the topology. The map of a cluster is empty until refresh().
  RedisTopology(const RedisConnector& connector, const RedisLocation& location);

  /// Returns the primary of the slot, or nullptr while the map has none.
  [[nodiscard]] Node primary_of(std::uint16_t slot) const;
  /// Returns all servers that have slots.
  [[nodiscard]] std::vector<Node> primaries() const;
  /// Also returns the replicas in a cluster's map and the servers that redirections named since.
  [[nodiscard]] std::vector<Node> members() const;
  /// Rises with every new map.
  [[nodiscard]] std::uint64_t version() const;

  /// Returns the server that a redirection names. Its connections are kept for the next
  /// redirection.
  [[nodiscard]] Node at(const RedisAddress& address);
  /// Notes that the slot is at `address` now (MOVED).
  void moved(std::uint16_t slot, const RedisAddress& address);
  /// Asks the members one after the other for the map, at most every 50 ms. Each refresh begins
  /// with the next member, because a member that is cut off from the others has an old map. Returns
  /// true if a newer map than `seen` exists. Of several concurrent callers one asks. The others
  /// wait for its result, at most until its deadline.
  [[nodiscard]] bool refresh(std::uint64_t seen, RedisDeadline deadline);
  /// Returns the failure of the last refresh.
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
