#include "vault/storage/redis/client.h"

#include <algorithm>
#include <map>
#include <utility>

#include "vault/storage/redis/command_in_flight.h"
#include "vault/storage/redis/refusal.h"
#include "vault/storage/redis/slot.h"

namespace cardvault {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::string_view detail_of(ErrorCode code) {
  return code == ErrorCode::record_corrupt ? "Stored data is damaged."
                                           : "The store refused the change.";
}

}  // namespace

Error store_unavailable(std::string inside) {
  auto error =
      make_error(ErrorCode::store_unavailable, "The store is not available now. Try again.",
                 OperatorText{std::move(inside)});
  error.retry_after = std::chrono::seconds{1};
  return error;
}

Result<std::unique_ptr<RedisClient>> RedisClient::make(RedisOptions options) {
  auto kept = std::make_unique<const RedisOptions>(std::move(options));
  TRY_VALUE(auto connector, RedisConnector::make(*kept));
  return std::unique_ptr<RedisClient>(new RedisClient(std::move(kept), std::move(connector)));
}

Result<Reply> RedisClient::run(const Command& command, Effort effort) {
  return CommandInFlight(*this, command, effort).run();
}

Result<std::vector<Reply>> RedisClient::run_all(const std::vector<Command>& commands,
                                                Effort effort) {
  std::map<RedisTopology::Node, std::vector<std::size_t>> by_node;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    by_node[primary_for(commands[i], deadline())].push_back(i);
  }
  std::vector<std::optional<Reply>> replies(commands.size());
  for (const auto& [node, chosen] : by_node) {
    if (node) send_together(commands, chosen, *node, effort, replies);
  }
  std::vector<Reply> all;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (!replies[i]) {
      TRY_VALUE(auto alone, run(commands[i], effort));
      replies[i] = std::move(alone);
    }
    all.push_back(std::move(*replies[i]));
  }
  return all;
}

void RedisClient::send_together(const std::vector<Command>& commands,
                                const std::vector<std::size_t>& chosen, RedisNode& node,
                                Effort effort, std::vector<std::optional<Reply>>& replies) {
  std::string requests;
  for (const std::size_t i : chosen) requests += commands[i].encoded();
  const bool waits = waits_for_replicas(effort);
  if (waits) requests += wait_command();
  const auto lane = effort == Effort::read ? RedisLane::reading : RedisLane::writing;
  const auto until = deadline() + (waits ? options_->timeout : std::chrono::milliseconds{0});
  auto got = node.exchange(lane, requests, chosen.size() + (waits ? 1 : 0), until);
  if (!got || (waits && !has_replicas(got->back()))) return;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (!(*got)[i].is_error()) replies[chosen[i]] = std::move((*got)[i]);
  }
}

Result<Reply> RedisClient::ask(const RedisAddress& address, const Command& command) {
  const auto node = topology_.at(address);
  auto replies = node->exchange(RedisLane::reading, command.encoded(), 1, deadline());
  if (!replies) return fail(explain(address, replies.error()));
  if (replies->front().is_error()) return fail(explain(*node, replies->front()));
  refused_ = false;
  return std::move(replies->front());
}

Result<std::vector<RedisAddress>> RedisClient::primaries() {
  std::vector<RedisAddress> addresses;
  for (int look = 0; addresses.empty() && look < 2; ++look) {
    for (const auto& node : topology_.primaries()) addresses.push_back(node->address());
    if (addresses.empty()) static_cast<void>(topology_.refresh(topology_.version(), deadline()));
  }
  if (!addresses.empty()) return addresses;
  return fail(explain({.host = "cluster"}, topology_.last_failure()));
}

Result<std::vector<RedisAddress>> RedisClient::members() {
  refresh_map();
  auto addresses = primaries();
  if (!addresses || !options_->location.cluster) return addresses;
  for (const auto& node : topology_.members()) {
    const bool is_known = std::ranges::find(*addresses, node->address()) != addresses->end();
    if (!is_known) addresses->push_back(node->address());
  }
  return addresses;
}

void RedisClient::refresh_map() {
  static_cast<void>(topology_.refresh(topology_.version(), deadline()));
}

RedisTopology::Node RedisClient::primary_for(const Command& command, RedisDeadline until) {
  const std::uint16_t slot = redis_slot(command.routing_key());
  if (auto node = topology_.primary_of(slot)) return node;
  static_cast<void>(topology_.refresh(topology_.version(), until));
  return topology_.primary_of(slot);
}

bool RedisClient::serves(const RedisAddress& address, std::string_view key) {
  const auto node = topology_.primary_of(redis_slot(key));
  return node != nullptr && node->address() == address;
}

Error RedisClient::explain(const RedisAddress& address, const Lost& lost) {
  refused_ = lost.refused;
  return store_unavailable("redis " + address.text() + ": " + lost.why +
                           (lost.sent ? " (the server may have executed the command)" : ""));
}

Error RedisClient::explain(RedisNode& node, const Reply& error) {
  RedisRefusal refusal = redis_refusal(error.text());
  refused_ = refusal.denied;
  if (refusal.reconnect) node.reconnect();
  std::string inside = "redis " + node.address().text() + " answered: " + refusal.words;
  if (refusal.code == ErrorCode::store_unavailable) return store_unavailable(std::move(inside));
  return make_error(refusal.code, std::string(detail_of(refusal.code)),
                    OperatorText{std::move(inside)});
}

bool RedisClient::waits_for_replicas(Effort effort) const {
  return options_->wait_replicas > 0 &&
         (effort == Effort::write_durably || effort == Effort::repeat_durably);
}

std::string RedisClient::wait_command() const {
  return Command("WAIT")
      .number(options_->wait_replicas)
      .number(options_->timeout.count())
      .encoded();
}

bool RedisClient::has_replicas(const Reply& waited) const {
  return waited.number().value_or(0) >= std::int64_t{options_->wait_replicas};
}

RedisDeadline RedisClient::deadline() const {
  return SteadyClock::now() + options_->timeout;
}

}  // namespace cardvault
