#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vault/storage/redis/command.h"
#include "vault/storage/redis/topology.h"

namespace cardvault {

/// How to handle a lost reply, and when a reply counts as success.
enum class Effort : std::uint8_t {
  read,            ///< may be sent again
  repeatable,      ///< a write that may be sent again, because a second run changes nothing
  write_once,      ///< a write that is not sent again if it may have been done
  write_durably,   ///< write_once; succeeds when enough replicas have the write
  repeat_durably,  ///< repeatable; succeeds when enough replicas have the write
};

/// Sends commands to the server that has their key. Follows a cluster's answers: MOVED, ASK,
/// TRYAGAIN, CLUSTERDOWN, and a primary that is gone. Safe to use from any thread.
///
/// Errors: store_unavailable with retry_after for everything that may pass. That is: no connection,
/// no reply before the timeout, no slot map, a refused password or certificate (see is_refused()),
/// and every refusal that is not the command's fault (see redis_refusal()); the client then opens
/// new connections to that server. record_corrupt for a key of another type. internal for a command
/// that was not understood.
class RedisClient {
 public:
  /// Does not connect yet. If a TLS file cannot be used, it fails with invalid_request.
  [[nodiscard]] static Result<std::unique_ptr<RedisClient>> make(RedisOptions options);
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  /// Runs a command. If the map is right, it takes one round trip. The result is never an error
  /// reply.
  [[nodiscard]] Result<Reply> run(const Command& command, Effort effort);
  /// Runs all commands as run() does, with one round trip for each server that has one of their
  /// keys. Returns the replies in the order of `commands`. `effort` must be one that allows a
  /// repetition.
  [[nodiscard]] Result<std::vector<Reply>> run_all(const std::vector<Command>& commands,
                                                   Effort effort);
  /// Runs a reading command on one server. The result is never an error reply.
  [[nodiscard]] Result<Reply> ask(const RedisAddress& address, const Command& command);
  /// Returns the servers that have slots now.
  [[nodiscard]] Result<std::vector<RedisAddress>> primaries();
  /// Returns the primaries and, in a cluster, their replicas after them.
  [[nodiscard]] Result<std::vector<RedisAddress>> members();
  /// Asks a cluster for its slot map. primaries() shows the result.
  void refresh_map();

  /// True if the server has the key, according to the current map.
  [[nodiscard]] bool serves(const RedisAddress& address, std::string_view key);

  /// True if the last failure was a refused password, certificate or permission. A retry is then
  /// useless until someone changes it.
  [[nodiscard]] bool is_refused() const { return refused_; }
  [[nodiscard]] const RedisOptions& options() const { return *options_; }

 private:
  class CommandInFlight;

  RedisClient(std::unique_ptr<const RedisOptions> options, RedisConnector connector)
      : options_(std::move(options)),
        connector_(std::move(connector)),
        topology_(connector_, options_->location) {}
  [[nodiscard]] RedisTopology::Node primary_for(const Command& command, RedisDeadline until);
  /// Turns a failure into an error and remembers whether it was a refusal.
  [[nodiscard]] Error explain(const RedisAddress& address, const Lost& lost);
  /// Also opens new connections to the node if that may help.
  [[nodiscard]] Error explain(RedisNode& node, const Reply& error);
  [[nodiscard]] RedisDeadline deadline() const;
  [[nodiscard]] bool waits_for_replicas(Effort effort) const;
  /// Returns the encoded WAIT command.
  [[nodiscard]] std::string wait_command() const;
  [[nodiscard]] bool has_replicas(const Reply& waited) const;
  /// Fills in the replies that arrived and are not errors.
  void send_together(const std::vector<Command>& commands, const std::vector<std::size_t>& chosen,
                     RedisNode& node, Effort effort, std::vector<std::optional<Reply>>& replies);

  const std::unique_ptr<const RedisOptions> options_;
  const RedisConnector connector_;
  RedisTopology topology_;
  std::atomic<bool> refused_{false};
};

/// Makes a store_unavailable error with retry_after. `inside` is for the operator.
[[nodiscard]] Error store_unavailable(std::string inside);

}  // namespace cardvault
