#include "vault/storage/redis/topology.h"

#include <algorithm>
#include <set>
#include <utility>

#include "vault/storage/redis/command.h"

namespace cardvault {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBetweenRefreshes{50};
/// Timeout for one member, so that a dead member does not use up the time of the others.
constexpr std::chrono::milliseconds kForOneMember{250};

/// If a member knows no address of its own, or prefers none, it means the address where it was
/// asked.
RedisAddress address_in(const redisReply* node, const RedisAddress& asked) {
  const auto host = Reply::text_of(Reply::element_of(node, 0));
  const auto port = Reply::number_of(Reply::element_of(node, 1));
  const bool unnamed = host.empty() || host == "?";
  return {.host = unnamed ? asked.host : std::string(host),
          .port = static_cast<std::uint16_t>(port.value_or(0))};
}

}  // namespace

RedisTopology::RedisTopology(const RedisConnector& connector, const RedisLocation& location)
    : connector_(connector), cluster_(location.cluster) {
  for (const auto& seed : location.seeds) {
    nodes_.emplace(seed, std::make_shared<RedisNode>(connector, seed));
  }
  if (!cluster_) primaries_.fill(nodes_.begin()->second);
}

RedisTopology::Node RedisTopology::primary_of(std::uint16_t slot) const {
  const std::shared_lock lock(mutex_);
  return primaries_.at(slot);
}

std::vector<RedisTopology::Node> RedisTopology::primaries() const {
  const std::shared_lock lock(mutex_);
  std::set<Node> distinct(primaries_.begin(), primaries_.end());
  distinct.erase(nullptr);
  return {distinct.begin(), distinct.end()};
}

std::uint64_t RedisTopology::version() const {
  const std::shared_lock lock(mutex_);
  return version_;
}

RedisTopology::Node RedisTopology::at(const RedisAddress& address) {
  const std::unique_lock lock(mutex_);
  Node& node = nodes_[address];
  if (!node) node = std::make_shared<RedisNode>(connector_, address);
  return node;
}

void RedisTopology::moved(std::uint16_t slot, const RedisAddress& address) {
  Node node = at(address);
  const std::unique_lock lock(mutex_);
  primaries_.at(slot) = std::move(node);
}

Lost RedisTopology::last_failure() const {
  const std::shared_lock lock(mutex_);
  return last_failure_;
}

std::vector<RedisTopology::Node> RedisTopology::members() const {
  const std::shared_lock lock(mutex_);
  std::vector<Node> all;
  all.reserve(nodes_.size());
  for (const auto& [address, node] : nodes_) all.push_back(node);
  return all;
}

bool RedisTopology::refresh(std::uint64_t seen, RedisDeadline deadline) {
  if (!cluster_) return false;
  const std::scoped_lock turn(refreshing_);
  if (version() != seen) return true;
  if (SteadyClock::now() < next_refresh_) return false;
  Lost failure{.why = "no member of the cluster returned its slot map"};
  bool adopted = false;
  const std::string question = Command("CLUSTER").word("SLOTS").encoded();
  auto asked = members();
  const auto first = static_cast<std::ptrdiff_t>(first_asked_++ % asked.size());
  std::ranges::rotate(asked, asked.begin() + first);
  for (const Node& node : asked) {
    const auto until = std::min(deadline, SteadyClock::now() + kForOneMember);
    const auto answer = node->exchange(RedisLane::reading, question, 1, until);
    if (!answer) failure = answer.error();
    adopted = answer && adopt(answer->front(), node->address());
    if (adopted || SteadyClock::now() >= deadline) break;
  }
  next_refresh_ = SteadyClock::now() + kBetweenRefreshes;
  const std::unique_lock lock(mutex_);
  if (!adopted) last_failure_ = failure;
  return adopted;
}

bool RedisTopology::adopt(const Reply& slots, const RedisAddress& from) {
  if (slots.size() == 0) return false;
  const std::unique_lock lock(mutex_);
  std::map<RedisAddress, Node> nodes;
  std::array<Node, kRedisSlots> primaries;
  const auto node_at = [&](const RedisAddress& address) {
    Node& node = nodes[address];
    const auto known = nodes_.find(address);
    if (!node && known != nodes_.end()) node = known->second;
    if (!node) node = std::make_shared<RedisNode>(connector_, address);
    return node;
  };
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const redisReply* range = slots.element(i);
    const auto first = Reply::number_of(Reply::element_of(range, 0)).value_or(-1);
    const auto last = Reply::number_of(Reply::element_of(range, 1)).value_or(-1);
    if (first < 0 || last >= static_cast<std::int64_t>(kRedisSlots)) continue;
    const Node primary = node_at(address_in(Reply::element_of(range, 2), from));
    for (auto slot = first; slot <= last; ++slot) {
      primaries.at(static_cast<std::size_t>(slot)) = primary;
    }
    for (std::size_t replica = 3; Reply::element_of(range, replica) != nullptr; ++replica) {
      node_at(address_in(Reply::element_of(range, replica), from));
    }
  }
  nodes_ = std::move(nodes);
  primaries_ = std::move(primaries);
  ++version_;
  return true;
}

}  // namespace cardvault
