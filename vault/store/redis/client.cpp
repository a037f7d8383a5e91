#include "vault/store/redis/client.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "vault/store/redis/errand.h"

namespace cardvault {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// What a server says when it cannot do now what it otherwise would.
constexpr std::array<std::string_view, 12> kPassing{
    "OOM",      "MISCONF",     "NOREPLICAS", "BUSY",   "LOADING",   "MASTERDOWN",
    "READONLY", "CLUSTERDOWN", "TRYAGAIN",   "NOPERM", "WRONGPASS", "NOAUTH"};

bool is_refusal(const Reply& error) {
  return error.is_error("NOPERM") || error.is_error("WRONGPASS") || error.is_error("NOAUTH");
}

}  // namespace

Error store_unavailable(std::string inside) {
  auto error = make_error(ErrorCode::store_unavailable, "the store cannot do this now",
                          OperatorText{std::move(inside)});
  error.retry_after = std::chrono::seconds{1};
  return error;
}

Result<std::unique_ptr<RedisClient>> RedisClient::make(RedisOptions options) {
  auto kept = std::make_unique<const RedisOptions>(std::move(options));
  auto connector = RedisConnector::make(*kept);
  if (!connector) return fail(std::move(connector.error()));
  return std::unique_ptr<RedisClient>(new RedisClient(std::move(kept), std::move(*connector)));
}

Result<Reply> RedisClient::run(const Command& command, Effort effort) {
  return Errand(*this, command, effort).run();
}

Result<std::vector<Reply>> RedisClient::run_all(const std::vector<Command>& commands,
                                                Effort effort) {
  const RedisDeadline until = deadline();
  std::map<RedisTopology::Node, std::vector<std::size_t>> by_node;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    by_node[primary_for(commands[i], until)].push_back(i);
  }
  std::vector<std::optional<Reply>> replies(commands.size());
  const auto lane = effort == Effort::read ? RedisLane::reading : RedisLane::writing;
  for (const auto& [node, indices] : by_node) {
    std::string requests;
    for (const std::size_t i : indices) requests += commands[i].encoded();
    if (!node) continue;
    auto got = node->exchange(lane, requests, indices.size(), until);
    for (std::size_t i = 0; got && i < indices.size(); ++i) {
      if (!(*got)[i].is_error()) replies[indices[i]] = std::move((*got)[i]);
    }
  }
  std::vector<Reply> all;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (!replies[i]) {
      auto alone = run(commands[i], effort);
      if (!alone) return fail(std::move(alone.error()));
      replies[i] = std::move(*alone);
    }
    all.push_back(std::move(*replies[i]));
  }
  return all;
}

Status RedisClient::ask_primaries(const Command& command, const Visit& visit) {
  const RedisDeadline until = deadline();
  if (!primary_for(command, until)) {
    return fail(explain({.host = "cluster"}, topology_.last_failure()));
  }
  for (const auto& node : topology_.primaries()) {
    const auto replies = node->exchange(RedisLane::reading, command.encoded(), 1, until);
    if (!replies) return fail(explain(node->address(), replies.error()));
    if (replies->front().is_error()) return fail(explain(node->address(), replies->front()));
    if (auto done = visit(node->address(), replies->front()); !done) return done;
  }
  refused_ = false;
  return {};
}

RedisTopology::Node RedisClient::primary_for(const Command& command, RedisDeadline until) {
  const std::uint16_t slot = redis_slot(command.routing_key());
  if (auto node = topology_.primary_of(slot)) return node;
  static_cast<void>(topology_.refresh(topology_.version(), until));
  return topology_.primary_of(slot);
}

Error RedisClient::explain(const RedisAddress& address, const Lost& lost) {
  refused_ = lost.refused;
  return store_unavailable("redis " + address.text() + ": " + lost.why +
                           (lost.sent ? " (it may have been done)" : ""));
}

Error RedisClient::explain(const RedisAddress& address, const Reply& error) {
  refused_ = is_refusal(error);
  const bool passes =
      std::ranges::any_of(kPassing, [&](std::string_view word) { return error.is_error(word); });
  if (passes)
    return store_unavailable("redis " + address.text() + ": " + std::string(error.text()));
  // Its first word only: what follows may repeat the request.
  const auto word = error.text().substr(0, error.text().find(' '));
  return make_error(ErrorCode::internal, "the store refused the change",
                    OperatorText{"redis " + address.text() + " answered " + std::string(word)});
}

RedisDeadline RedisClient::deadline() const {
  return SteadyClock::now() + options_->timeout;
}

}  // namespace cardvault
