#include "vault/storage/redis/node.h"

#include <algorithm>
#include <utility>

namespace cardvault {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kShortestPause{50};
constexpr std::chrono::milliseconds kLongestPause{1000};
constexpr std::chrono::milliseconds kBetweenReconnects{100};

}  // namespace

Replies RedisNode::exchange(RedisLane lane, const std::string& requests, std::size_t count,
                            RedisDeadline deadline) {
  TRY_VALUE(const auto connection, obtain(lane, deadline));
  return connection->exchange(requests, count, deadline);
}

void RedisNode::reconnect() {
  const std::scoped_lock lock(mutex_);
  if (SteadyClock::now() < next_reconnect_) return;
  next_reconnect_ = SteadyClock::now() + kBetweenReconnects;
  ++generation_;
  for (Side& side : sides_) side.connections.clear();
}

// Returns an idle connection if there is one. Otherwise one caller opens a new connection, if that
// is allowed, and the others share the least busy one. Only callers without any connection wait for
// the one that connects. During the pause after a failure they fail with that failure.
RedisNode::Obtained RedisNode::obtain(RedisLane lane, RedisDeadline deadline) {
  const auto index = static_cast<std::size_t>(lane);
  Side& side = sides_.at(index);
  std::unique_lock lock(mutex_);
  while (true) {
    Connection best = least_busy(side, lane);
    const bool may_connect = !side.connecting && SteadyClock::now() >= retry_at_ &&
                             side.connections.size() < kMostConnections.at(index);
    if (best && (best->waiting() == 0 || !may_connect)) return best;
    if (may_connect) {
      auto made = connect(lock, side, deadline);
      if (made || !best) return made;
      return best;
    }
    if (pause_.count() > 0) return std::unexpected(last_failure_);
    if (connected_.wait_until(lock, deadline) == std::cv_status::timeout) {
      return std::unexpected(Lost{.why = "no connection in time"});
    }
  }
}

RedisNode::Obtained RedisNode::connect(std::unique_lock<std::mutex>& lock, Side& side,
                                       RedisDeadline deadline) {
  side.connecting = true;
  const std::uint64_t generation = generation_;
  lock.unlock();
  auto connection = connector_.connect(address_, deadline);
  lock.lock();
  side.connecting = false;
  if (connection) {
    pause_ = {};
    retry_at_ = {};
    if (generation == generation_) side.connections.push_back(*connection);
  } else {
    pause_ = std::clamp(2 * pause_, kShortestPause, kLongestPause);
    retry_at_ = SteadyClock::now() + pause_;
    last_failure_ = connection.error();
  }
  connected_.notify_all();
  return connection;
}

RedisNode::Connection RedisNode::least_busy(Side& side, RedisLane lane) {
  while (!side.connections.empty()) {
    const auto least = std::ranges::min_element(
        side.connections, {}, [](const Connection& one) { return one->waiting(); });
    // A read may be sent again if the connection turns out to be closed, but a write may not. So
    // check before a write.
    if ((*least)->is_usable(lane == RedisLane::writing)) return *least;
    side.connections.erase(least);
  }
  return nullptr;
}

}  // namespace cardvault
