#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "vault/storage/redis/connector.h"

namespace cardvault {

/// Which connections a request goes over. Writes have their own: WAIT holds up what comes behind it
/// on the same connection, and a list view must not stand there.
enum class RedisLane : std::uint8_t { reading, writing };

/// Connections to one server, opened when those that are open are busy: at most eight for reading
/// and eight for writing, however many threads there are; more than that costs Redis and gains
/// nothing here. Safe from any thread.
///
/// While the server cannot be reached, one caller at a time tries to connect, with pauses of 50 ms
/// to 1 s, and all others fail at once: nobody queues in front of a server that is down.
class RedisNode {
 public:
  static constexpr std::array<std::size_t, 2> kMostConnections{8, 8};

  /// `connector` outlives the node.
  RedisNode(const RedisConnector& connector, RedisAddress address)
      : connector_(connector), address_(std::move(address)) {}

  /// See RedisConnection::exchange().
  [[nodiscard]] Replies exchange(RedisLane lane, const std::string& requests, std::size_t count,
                                 RedisDeadline deadline);
  /// Every connection is left to those that use it now; the next request opens a new one. A server
  /// behind a name may have been replaced. Nothing happens when that was done less than 100 ms ago:
  /// a server that refuses everything is not connected to for every request.
  void reconnect();

  [[nodiscard]] const RedisAddress& address() const { return address_; }

 private:
  using Connection = std::shared_ptr<RedisConnection>;
  using Obtained = std::expected<Connection, Lost>;
  struct Side {
    std::vector<Connection> connections;
    bool connecting = false;
  };

  [[nodiscard]] Obtained obtain(RedisLane lane, RedisDeadline deadline);
  [[nodiscard]] Obtained connect(std::unique_lock<std::mutex>& lock, Side& side,
                                 RedisDeadline deadline);
  /// One that serves the lane; nullptr when there is none.
  [[nodiscard]] static Connection least_busy(Side& side, RedisLane lane);

  const RedisConnector& connector_;
  const RedisAddress address_;
  std::mutex mutex_;
  std::condition_variable connected_;
  std::array<Side, 2> sides_;
  std::uint64_t generation_ = 0;
  std::chrono::milliseconds pause_{0};  ///< zero while it can be reached
  RedisDeadline retry_at_{};
  RedisDeadline next_reconnect_{};
  Lost last_failure_;
};

}  // namespace cardvault
