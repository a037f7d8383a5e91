#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/redis_server.h"

namespace cardvault::test {

/// A real Redis Cluster of six nodes on loopback. Nodes 0 to 2 start as primaries with a third of
/// the slots each; 3 to 5 are their replicas, in this order. A primary that does not answer for a
/// second is replaced. Nodes are named by their number. Any failure or timeout throws. As for
/// RedisServer, the thread that makes the cluster or starts a node must outlive it.
class RedisCluster {
 public:
  static constexpr std::size_t kPrimaries = 3;
  static constexpr std::size_t kNodes = 6;
  static constexpr int kSlots = 16384;

  /// Returns when all nodes know each other, serve all slots and have replicas in step. Users, TLS
  /// and further configuration lines apply to every node. By default, slots are served while others
  /// are not (cluster-require-full-coverage no).
  explicit RedisCluster(RedisServerOptions options = {});

  /// redis+cluster://127.0.0.1:PORT,127.0.0.1:PORT,... with all six nodes.
  [[nodiscard]] std::string url() const;
  [[nodiscard]] RedisServer& node(std::size_t number) { return *nodes_.at(number); }
  [[nodiscard]] const std::vector<std::unique_ptr<RedisServer>>& nodes() const { return nodes_; }

  [[nodiscard]] int slot_of(const std::string& key) const;
  /// The primary that the first answering node reports.
  [[nodiscard]] std::size_t primary_of_slot(int slot) const;
  /// Nodes that are primaries of any slot now.
  [[nodiscard]] std::vector<std::size_t> primaries() const;

  /// From now on `from` redirects requests for keys that it does not have (ASK), until
  /// finish_move().
  void begin_move(int slot, std::size_t from, std::size_t to);
  /// Moves up to `most` keys of the slot; returns their number.
  std::size_t move_keys(int slot, std::size_t most);
  /// Moves the remaining keys, then the slot. When it returns, every primary knows the new owner.
  void finish_move(int slot);

  void kill(std::size_t number) { node(number).kill(); }
  /// Waits until all answering nodes see all slots at the same primaries, and these answer.
  void await_failover() const;
  /// Also waits until each node is a primary of slots or a replica in step, and all six are known.
  void await_health() const;

 private:
  struct Move {
    std::size_t from;
    std::size_t to;
  };
  struct Range {
    int first;
    int last;
    std::size_t primary;
    auto operator<=>(const Range&) const = default;
  };

  void assign_slots() const;
  void introduce() const;
  void replicate() const;
  [[nodiscard]] std::string id_of(std::size_t number) const;
  [[nodiscard]] const RedisServer& anyone() const;
  [[nodiscard]] std::size_t number_of_port(const std::string& port) const;
  [[nodiscard]] std::vector<Range> slots_seen_by(const RedisServer& node) const;
  [[nodiscard]] bool agree() const;
  [[nodiscard]] bool is_in_step(const RedisServer& node) const;
  [[nodiscard]] bool is_counted(const RedisServer& replica) const;

  std::vector<std::unique_ptr<RedisServer>> nodes_;
  std::map<int, Move> moves_;
};

}  // namespace cardvault::test
