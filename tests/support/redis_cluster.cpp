#include "tests/support/redis_cluster.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "tests/support/soon.h"

namespace cardvault::test {
namespace {

// repl-diskless-sync-delay: a replica gets its data at once, not after five seconds. cluster-
// replica-validity-factor: on a busy machine a replica stands for election, however long it was cut
// off. cluster-allow-replica-migration: each replica stays with its primary.
RedisServerOptions node_options(const RedisServerOptions& options) {
  RedisServerOptions node = options;
  node.cluster = true;
  node.config = {"cluster-node-timeout 1000",         "cluster-require-full-coverage no",
                 "repl-diskless-sync-delay 0",        "repl-ping-replica-period 1",
                 "cluster-replica-validity-factor 0", "cluster-allow-replica-migration no"};
  node.config.insert(node.config.end(), options.config.begin(), options.config.end());
  return node;
}

void must_soon(bool happened, const std::string& what) {
  if (!happened) throw std::runtime_error("redis cluster: " + what);
}

}  // namespace

RedisCluster::RedisCluster(RedisServerOptions options) {
  const RedisServerOptions node = node_options(options);
  for (std::size_t i = 0; i < kNodes; ++i) nodes_.push_back(std::make_unique<RedisServer>(node));
  assign_slots();
  introduce();
  replicate();
  await_health();
}

void RedisCluster::assign_slots() const {
  for (std::size_t i = 0; i < kNodes; ++i) {
    // Different from the start, because equal epochs would collide.
    nodes_[i]->command({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
    if (i >= kPrimaries) continue;
    const std::size_t first = i * kSlots / kPrimaries;
    const std::size_t last = (i + 1) * kSlots / kPrimaries - 1;
    nodes_[i]->command({"CLUSTER", "ADDSLOTSRANGE", std::to_string(first), std::to_string(last)});
  }
}

void RedisCluster::introduce() const {
  for (std::size_t i = 0; i < kNodes; ++i) {
    for (std::size_t other = 0; other < i; ++other) {
      nodes_[i]->command({"CLUSTER", "MEET", "127.0.0.1", std::to_string(nodes_[other]->port())});
    }
  }
  const auto knows_all = [](const auto& node) {
    return node->info({"CLUSTER", "INFO"}, "cluster_known_nodes") == std::to_string(kNodes) &&
           node->info({"CLUSTER", "INFO"}, "cluster_slots_ok") == std::to_string(kSlots);
  };
  must_soon(soon([&] { return std::ranges::all_of(nodes_, knows_all); }), "not introduced");
}

void RedisCluster::replicate() const {
  for (std::size_t i = kPrimaries; i < kNodes; ++i) {
    nodes_[i]->command({"CLUSTER", "REPLICATE", id_of(i - kPrimaries)});
  }
}

std::string RedisCluster::url() const {
  std::string all = nodes_.front()->url();
  all = (nodes_.front()->options().tls ? "rediss+cluster" : "redis+cluster") +
        all.substr(all.find("://"));
  for (std::size_t i = 1; i < kNodes; ++i) {
    all += ",127.0.0.1:" + std::to_string(nodes_[i]->port());
  }
  return all;
}

int RedisCluster::slot_of(const std::string& key) const {
  return std::stoi(anyone().command({"CLUSTER", "KEYSLOT", key}).text);
}

std::size_t RedisCluster::primary_of_slot(int slot) const {
  for (const Range& range : slots_seen_by(anyone())) {
    if (range.first <= slot && slot <= range.last) return range.primary;
  }
  throw std::runtime_error("redis cluster: nobody has the slot");
}

std::vector<std::size_t> RedisCluster::primaries() const {
  std::set<std::size_t> all;
  for (const Range& range : slots_seen_by(anyone())) all.insert(range.primary);
  return {all.begin(), all.end()};
}

void RedisCluster::begin_move(int slot, std::size_t from, std::size_t to) {
  const std::string number = std::to_string(slot);
  node(to).command({"CLUSTER", "SETSLOT", number, "IMPORTING", id_of(from)});
  node(from).command({"CLUSTER", "SETSLOT", number, "MIGRATING", id_of(to)});
  moves_.insert_or_assign(slot, Move{.from = from, .to = to});
}

std::size_t RedisCluster::move_keys(int slot, std::size_t most) {
  const Move move = moves_.at(slot);
  const auto keys =
      node(move.from)
          .command({"CLUSTER", "GETKEYSINSLOT", std::to_string(slot), std::to_string(most)})
          .items;
  if (keys.empty()) return 0;
  std::vector<std::string> words{"MIGRATE", "127.0.0.1", std::to_string(node(move.to).port()),
                                 "",        "0",         "10000"};
  if (!node(move.to).options().password.empty()) {
    words.insert(words.end(), {"AUTH2", RedisServer::kControlUser, RedisServer::kControlPassword});
  }
  words.emplace_back("KEYS");
  for (const RedisReply& key : keys) words.push_back(key.text);
  node(move.from).command(words);
  return keys.size();
}

void RedisCluster::finish_move(int slot) {
  constexpr std::size_t kAtOnce = 100;
  while (move_keys(slot, kAtOnce) > 0) {
  }
  const Move move = moves_.at(slot);
  const std::vector<std::string> words{"CLUSTER", "SETSLOT", std::to_string(slot), "NODE",
                                       id_of(move.to)};
  // The new owner first. If it were last and this ended in between, the slot would have no owner.
  node(move.to).command(words);
  for (const std::size_t primary : primaries()) {
    if (primary != move.to) node(primary).command(words);
  }
  moves_.erase(slot);
}

void RedisCluster::await_failover() const {
  must_soon(soon([this] { return agree(); }), "no failover");
}

void RedisCluster::await_health() const {
  const auto in_step = [this](const auto& node) { return !node->answers() || is_in_step(*node); };
  must_soon(soon([&] { return agree() && std::ranges::all_of(nodes_, in_step); }), "not in health");
}

std::vector<RedisCluster::Range> RedisCluster::slots_seen_by(const RedisServer& node) const {
  std::vector<Range> ranges;
  for (const auto& range : node.command({"CLUSTER", "SLOTS"}).items) {
    ranges.push_back({.first = std::stoi(range.items[0].text),
                      .last = std::stoi(range.items[1].text),
                      .primary = number_of_port(range.items[2].items[1].text)});
  }
  std::ranges::sort(ranges);
  return ranges;
}

bool RedisCluster::agree() const {
  const std::vector<Range> seen = slots_seen_by(anyone());
  int slots = 0;
  for (const Range& range : seen) {
    const RedisServer& primary = *nodes_[range.primary];
    if (!primary.answers() || primary.info({"INFO", "replication"}, "role") != "master") {
      return false;
    }
    slots += range.last - range.first + 1;
  }
  return slots == kSlots && std::ranges::all_of(nodes_, [&](const auto& node) {
           return !node->answers() || (node->info({"CLUSTER", "INFO"}, "cluster_state") == "ok" &&
                                       slots_seen_by(*node) == seen);
         });
}

bool RedisCluster::is_in_step(const RedisServer& node) const {
  const std::vector<std::string> replication{"INFO", "replication"};
  if (node.info({"CLUSTER", "INFO"}, "cluster_known_nodes") != std::to_string(kNodes)) return false;
  if (node.info(replication, "role") == "slave") {
    return node.info(replication, "master_link_status") == "up" && is_counted(node);
  }
  return std::ranges::any_of(slots_seen_by(node), [&](const Range& range) {
    return nodes_[range.primary].get() == &node;
  });
}

/// The link of the replica is up a moment before its primary counts its confirmations.
bool RedisCluster::is_counted(const RedisServer& replica) const {
  const std::vector<std::string> replication{"INFO", "replication"};
  const std::string wanted = "port=" + std::to_string(replica.port()) + ",state=online";
  return std::ranges::any_of(nodes_, [&](const auto& node) {
    return node->answers() && node->command(replication).text.find(wanted) != std::string::npos;
  });
}

std::string RedisCluster::id_of(std::size_t number) const {
  return nodes_.at(number)->command({"CLUSTER", "MYID"}).text;
}

const RedisServer& RedisCluster::anyone() const {
  const auto found = std::ranges::find_if(nodes_, [](const auto& node) { return node->answers(); });
  if (found == nodes_.end()) throw std::runtime_error("redis cluster: no node answers");
  return **found;
}

std::size_t RedisCluster::number_of_port(const std::string& port) const {
  const auto found = std::ranges::find_if(
      nodes_, [&](const auto& node) { return std::to_string(node->port()) == port; });
  if (found == nodes_.end()) throw std::runtime_error("redis cluster: a foreign node " + port);
  return static_cast<std::size_t>(found - nodes_.begin());
}

}  // namespace cardvault::test
