#include "vault/storage/redis/command_in_flight.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <thread>
#include <utility>

#include "vault/storage/redis/refusal.h"

namespace cardvault {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// A slot seldom moves twice while a request is in flight.
constexpr int kMostRedirections = 8;
/// The pauses begin at 10 ms and double: a third of a second in total, enough for a slot of some
/// keys to move.
constexpr int kMostPauses = 5;
constexpr std::chrono::milliseconds kFirstPause{10};

constexpr std::array<std::string_view, 5> kPassingInACluster{"TRYAGAIN", "CLUSTERDOWN",
                                                             "MASTERDOWN", "LOADING", "READONLY"};

struct Redirection {
  std::uint16_t slot = 0;
  RedisAddress to;
};

/// Parses "MOVED 3999 127.0.0.1:6381". Without a host it means the server that answered.
std::optional<Redirection> parse_redirection(std::string_view text, const RedisAddress& from) {
  Redirection parsed;
  const auto number = text.find(' ');
  const auto address = text.find(' ', number + 1);
  const auto colon = text.rfind(':');
  if (address == std::string_view::npos || colon == std::string_view::npos || colon < address) {
    return std::nullopt;
  }
  const auto read = [](std::string_view digits, std::uint16_t& value) {
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    return error == std::errc{} && stop == end;
  };
  const bool understood = read(text.substr(number + 1, address - number - 1), parsed.slot) &&
                          read(text.substr(colon + 1), parsed.to.port);
  if (!understood || parsed.slot >= kRedisSlots) return std::nullopt;
  parsed.to.host = text.substr(address + 1, colon - address - 1);
  if (parsed.to.host.empty()) parsed.to.host = from.host;
  return parsed;
}

}  // namespace

RedisClient::CommandInFlight::CommandInFlight(RedisClient& client, const Command& command,
                                              Effort effort)
    : client_(client),
      command_(command),
      effort_(effort),
      waits_for_replicas_(client.waits_for_replicas(effort)),
      deadline_(client.deadline() +
                (waits_for_replicas_ ? client.options().timeout : std::chrono::milliseconds{0})) {}

Result<Reply> RedisClient::CommandInFlight::run() {
  while (true) {
    const auto node = next_node();
    if (!node) return fail(client_.explain({.host = "cluster"}, client_.topology_.last_failure()));
    auto replies = send(*node);
    if (!replies) {
      TRY(after_loss(*node, replies.error()));
      continue;
    }
    if (asking_) replies->erase(replies->begin());
    if (!replies->front().is_error()) return accept(*node, std::move(*replies));
    TRY(after_error(*node, replies->front()));
  }
}

RedisTopology::Node RedisClient::CommandInFlight::next_node() {
  asking_ = asked_ != nullptr;
  if (asking_) return std::exchange(asked_, nullptr);
  return client_.primary_for(command_, deadline_);
}

Replies RedisClient::CommandInFlight::send(RedisNode& node) const {
  std::string requests;
  std::size_t count = 1;
  if (asking_) {
    requests += Command("ASKING").encoded();
    ++count;
  }
  requests += command_.encoded(naming_);
  if (waits_for_replicas_) {
    requests += client_.wait_command();
    ++count;
  }
  const auto lane = effort_ == Effort::read ? RedisLane::reading : RedisLane::writing;
  return node.exchange(lane, requests, count, deadline_);
}

Status RedisClient::CommandInFlight::after_loss(const RedisNode& node, const Lost& lost) {
  const bool once = effort_ == Effort::write_once || effort_ == Effort::write_durably;
  const bool may_repeat = !lost.sent || !once;
  const auto error = [&] { return fail(client_.explain(node.address(), lost)); };
  if (!may_repeat || lost.refused || SteadyClock::now() >= deadline_) return error();
  const bool map_is_newer = client_.topology_.refresh(client_.topology_.version(), deadline_);
  // Retry once even if the map is unchanged, because a restarted server has closed all old
  // connections.
  if (losses_++ > 0 && !map_is_newer) return error();
  return {};
}

Status RedisClient::CommandInFlight::after_error(RedisNode& node, const Reply& error) {
  if (error.is_error("NOSCRIPT") && naming_ == Command::Naming::hash) {
    naming_ = Command::Naming::text;
    if (asking_) asked_ = client_.topology_.at(node.address());
    return {};
  }
  if (error.is_error("MOVED") || error.is_error("ASK")) return follow(node, error);
  if (client_.options().location.cluster) return pause_after(node, error);
  Error refused = client_.explain(node, error);
  // The name may lead to another server by now.
  if (says(error.text(), "READONLY") && pauses_++ == 0) return {};
  return fail(std::move(refused));
}

Status RedisClient::CommandInFlight::follow(RedisNode& node, const Reply& redirection) {
  const auto to = parse_redirection(redirection.text(), node.address());
  if (!to || ++redirections_ > kMostRedirections || SteadyClock::now() >= deadline_) {
    return fail(client_.explain(node, redirection));
  }
  if (redirection.is_error("ASK")) {
    asked_ = client_.topology_.at(to->to);
    return {};
  }
  // If one slot has moved, others probably have too. This server's answer counts more than the map.
  static_cast<void>(client_.topology_.refresh(client_.topology_.version(), deadline_));
  client_.topology_.moved(to->slot, to->to);
  return {};
}

Status RedisClient::CommandInFlight::pause_after(RedisNode& node, const Reply& error) {
  const bool passes = std::ranges::any_of(
      kPassingInACluster, [&](std::string_view word) { return says(error.text(), word); });
  const auto pause = kFirstPause * (1 << pauses_);
  if (!passes || ++pauses_ > kMostPauses || SteadyClock::now() + pause >= deadline_) {
    return fail(client_.explain(node, error));
  }
  std::this_thread::sleep_for(pause);
  if (!error.is_error("TRYAGAIN")) {
    static_cast<void>(client_.topology_.refresh(client_.topology_.version(), deadline_));
  }
  return {};
}

Result<Reply> RedisClient::CommandInFlight::accept(const RedisNode& node,
                                                   std::vector<Reply> replies) {
  client_.refused_ = false;
  if (!waits_for_replicas_ || client_.has_replicas(replies.back())) {
    return std::move(replies.front());
  }
  return fail(client_.explain(
      node.address(),
      Lost{.why = "only " + std::to_string(replies.back().number().value_or(0)) + " of " +
                  std::to_string(client_.options().wait_replicas) + " replicas confirmed in time",
           .sent = true}));
}

}  // namespace cardvault
