#include "net/client/http_client.h"

#include <algorithm>
#include <iterator>

#include "net/client/curl_session.h"

namespace cardvault {
namespace {

using std::chrono::steady_clock;

HttpReply failed(NetFailure failure) {
  return {.failure = failure};
}

bool contains(const std::vector<Address>& addresses, const Address& one) {
  return std::ranges::find(addresses, one) != addresses.end();
}

}  // namespace

/// The properties that a call and an idle connection must share. Otherwise the call does not use
/// it.
struct HttpClient::Peer {
  explicit Peer(const HttpCall& call)
      : group(call.group),
        tls(call.url.tls),
        host(call.url.host),
        port(call.url.port),
        unix_socket(call.unix_socket),
        files(call.tls) {}

  bool operator==(const Peer&) const = default;

  std::uint32_t group;
  bool tls;
  std::string host;
  std::uint16_t port;
  std::string unix_socket;
  TlsFiles files;
};

struct HttpClient::Idle {
  Peer peer;
  std::unique_ptr<CurlSession> session;
  steady_clock::time_point since;
};

HttpClient::HttpClient(HttpClientOptions options)
    : options_(std::move(options)), names_(options_.resolver) {}

HttpClient::~HttpClient() = default;

HttpReply HttpClient::send(const HttpCall& call) {
  const auto addresses = addresses_of(call);
  if (!addresses) return failed(addresses.error());
  const auto trusted = call.url.tls ? trust_.of(call.tls.authorities) : Authorities();
  if (!trusted) return failed(trusted.error());
  auto session = take_idle(Peer(call), *addresses);
  const auto first = session ? session->target() : addresses->front();
  if (!session) session = CurlSession::open();
  if (!session) return failed(NetFailure::connect_failed);

  auto outcome = session->send(call, first, *trusted);
  // If no connection was made, no byte of the request has left, so the next address may be tried.
  // After that a second attempt could repeat the effect of the request.
  for (const Address& next : *addresses) {
    if (outcome.connected) break;
    if (next != first) outcome = session->send(call, next, *trusted);
  }
  if (outcome.reusable) keep(Peer(call), std::move(session), call.most_idle);
  return std::move(outcome.reply);
}

NetResult<std::vector<Address>> HttpClient::addresses_of(const HttpCall& call) {
  if (!call.unix_socket.empty()) return std::vector<Address>{{}};
  std::vector<Address> addresses;
  if (const auto literal = Address::parse(call.url.host)) {
    addresses.push_back(*literal);
  } else {
    TRY_VALUE(addresses, names_.find(call.url.host, call.deadline));
  }
  if (!std::ranges::all_of(addresses, options_.allows)) {
    return std::unexpected(NetFailure::target_refused);
  }
  return addresses;
}

std::unique_ptr<CurlSession> HttpClient::take_idle(const Peer& peer,
                                                   const std::vector<Address>& addresses) {
  std::vector<Idle> closed;
  const std::lock_guard lock(mutex_);
  closed = take_old();
  while (true) {
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(), [&](const Idle& idle) {
      return idle.peer == peer && contains(addresses, idle.session->target());
    });
    if (found == idle_.rend()) return nullptr;
    Idle taken = std::move(*found);
    idle_.erase(std::prev(found.base()));
    if (taken.session->is_quiet()) return std::move(taken.session);
    closed.push_back(std::move(taken));
  }
}

void HttpClient::keep(Peer peer, std::unique_ptr<CurlSession> session, std::size_t most) {
  std::vector<Idle> closed;
  const std::lock_guard lock(mutex_);
  closed = take_old();
  const auto count =
      std::ranges::count(idle_, peer.group, [](const Idle& idle) { return idle.peer.group; });
  if (static_cast<std::size_t>(count) >= most) return;
  idle_.push_back({std::move(peer), std::move(session), steady_clock::now()});
}

std::vector<HttpClient::Idle> HttpClient::take_old() {
  const auto limit = steady_clock::now() - options_.keep_idle;
  const auto fresh =
      std::ranges::find_if(idle_, [limit](const Idle& idle) { return idle.since > limit; });
  std::vector<Idle> old(std::move_iterator(idle_.begin()), std::move_iterator(fresh));
  idle_.erase(idle_.begin(), fresh);
  return old;
}

}  // namespace cardvault
