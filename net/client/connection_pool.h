#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/url.h"
#include "net/client/address.h"
#include "net/client/http_connection.h"
#include "net/client/tls.h"

namespace cardvault {

/// Whom a connection is for: connections are never shared between two that differ.
struct Peer {
  std::uint32_t group = 0;  ///< whose idle connections are counted together
  bool tls = false;
  std::string host;
  std::uint16_t port = 0;
  std::string ca_file;

  bool operator==(const Peer&) const = default;
};

/// Makes connections and keeps those that are idle. Threads share it; a connection that was taken
/// belongs to the taker alone.
class ConnectionPool {
 public:
  using Connection = std::unique_ptr<HttpConnection>;

  /// Idle connections are dropped when `keep_idle` has passed, at the latest with the next call to
  /// anyone.
  explicit ConnectionPool(std::chrono::milliseconds keep_idle) : keep_idle_(keep_idle) {}

  /// An idle connection to one of `addresses` that seems alive, the one used last; or nullptr.
  [[nodiscard]] Connection take_idle(const Peer& peer, const std::vector<Address>& addresses);

  /// A new connection, as HttpConnection::open() makes it.
  [[nodiscard]] NetResult<Connection> connect(const Peer& peer,
                                              const std::vector<Address>& addresses,
                                              std::chrono::seconds patience, CallDeadline deadline);

  /// Keeps the connection if it can be used again and fewer than `most` of its group are idle.
  void give_back(const Peer& peer, Connection connection, std::size_t most);

 private:
  struct Idle {
    Peer peer;
    Connection connection;
    std::chrono::steady_clock::time_point since;
  };

  [[nodiscard]] NetResult<std::shared_ptr<const TlsContext>> trust(const std::string& ca_file);
  /// Those that have been idle for too long, for the caller to close without the lock.
  [[nodiscard]] std::vector<Idle> take_old();

  const std::chrono::milliseconds keep_idle_;
  std::mutex mutex_;
  std::vector<Idle> idle_;  ///< the one used last stands last
  std::map<std::string, std::shared_ptr<const TlsContext>> trusts_;
};

}  // namespace cardvault
