#include "net/client/connection_pool.h"

#include <algorithm>
#include <iterator>

namespace cardvault {

using std::chrono::steady_clock;

ConnectionPool::Connection ConnectionPool::take_idle(const Peer& peer,
                                                     const std::vector<Address>& addresses) {
  std::vector<Idle> closed;
  const std::lock_guard lock(mutex_);
  closed = take_old();
  while (true) {
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& idle) {
      return idle.peer == peer &&
             std::ranges::find(addresses, idle.connection->address()) != addresses.end();
    });
    if (found == idle_.rend()) return nullptr;
    Idle taken = std::move(*found);
    idle_.erase(std::prev(found.base()));
    if (taken.connection->is_reusable()) return std::move(taken.connection);
    closed.push_back(std::move(taken));
  }
}

NetResult<ConnectionPool::Connection> ConnectionPool::connect(const Peer& peer,
                                                              const std::vector<Address>& addresses,
                                                              std::chrono::seconds patience,
                                                              CallDeadline deadline) {
  std::shared_ptr<const TlsContext> context;
  if (peer.tls) {
    TRY_VALUE(auto trusted, trust(peer.ca_file));
    context = std::move(trusted);
  }
  return HttpConnection::open({peer.host, peer.port, context.get()}, addresses, patience, deadline);
}

void ConnectionPool::give_back(const Peer& peer, Connection connection, std::size_t most) {
  if (!connection->is_reusable()) return;
  std::vector<Idle> closed;
  const std::lock_guard lock(mutex_);
  closed = take_old();
  const auto count =
      std::ranges::count_if(idle_, [&](const Idle& idle) { return idle.peer.group == peer.group; });
  if (static_cast<std::size_t>(count) >= most) return;
  idle_.push_back({peer, std::move(connection), steady_clock::now()});
}

NetResult<std::shared_ptr<const TlsContext>> ConnectionPool::trust(const std::string& ca_file) {
  const std::lock_guard lock(mutex_);
  if (const auto found = trusts_.find(ca_file); found != trusts_.end()) return found->second;
  TRY_VALUE(auto context, TlsContext::trusting(ca_file));
  return trusts_[ca_file] = std::make_shared<const TlsContext>(std::move(context));
}

std::vector<ConnectionPool::Idle> ConnectionPool::take_old() {
  const auto limit = steady_clock::now() - keep_idle_;
  const auto fresh =
      std::ranges::find_if(idle_, [limit](const Idle& idle) { return idle.since > limit; });
  std::vector<Idle> old(std::move_iterator(idle_.begin()), std::move_iterator(fresh));
  idle_.erase(idle_.begin(), fresh);
  return old;
}

}  // namespace cardvault
