#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "vault/storage/redis/connector.h"

namespace cardvault {

/// The connections for a request. Writes have their own connections: WAIT delays all requests
/// behind it on the same connection, and it must not delay a list view.
enum class RedisLane : std::uint8_t { reading, writing };

/// Connections to one server. If all open ones are busy, another is opened, up to eight for reading
/// and eight for writing. More would cost Redis and bring nothing. Safe to use from any thread.
///
/// While the server cannot be reached, one caller at a time tries to connect, with pauses of 50 ms
/// to 1 s. All other callers fail immediately, so no queue forms before a server that is down.
class RedisNode {
 public:
  static constexpr std::array<std::size_t, 2> kMostConnections{8, 8};

  /// `connector` must outlive the node.
  RedisNode(const RedisConnector& connector, RedisAddress address)
      : connector_(connector), address_(std::move(address)) {}

  /// See RedisConnection::exchange().
  [[nodiscard]] Replies exchange(RedisLane lane, const std::string& requests, std::size_t count,
                                 RedisDeadline deadline);
  /// Stops using all current connections; running requests finish on them. The next request opens a
  /// new one, because the name may lead to another server by now. If the last call was less than
  /// 100 ms ago, this is a no-op. So a server that refuses everything does not get a new connection
  /// for every request.
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
  /// Returns a usable connection of the lane, or nullptr if there is none.
  [[nodiscard]] static Connection least_busy(Side& side, RedisLane lane);

  const RedisConnector& connector_;
  const RedisAddress address_;
  std::mutex mutex_;
  std::condition_variable connected_;
  std::array<Side, 2> sides_;
  std::uint64_t generation_ = 0;
  std::chrono::milliseconds pause_{0};  ///< zero while the server can be reached
  RedisDeadline retry_at_{};
  RedisDeadline next_reconnect_{};
  Lost last_failure_;
};

}  // namespace cardvault
