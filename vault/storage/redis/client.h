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

/// What may be done when no reply came, and what a reply is worth.
enum class Effort : std::uint8_t {
  read,            ///< may be sent again
  repeatable,      ///< a write that may be sent again, because doing it twice is doing it once
  write_once,      ///< is not sent again when it may have been done
  write_durably,   ///< write_once, and answered when as many replicas have it as was asked for
  repeat_durably,  ///< the same for what is repeatable
};

/// Sends commands to the server that has their key, and follows what a cluster answers: MOVED, ASK,
/// TRYAGAIN, CLUSTERDOWN, a primary that is gone. Safe from any thread.
///
/// Errors: store_unavailable with retry_after for whatever may pass (no connection, no reply in
/// time, no slot map, a password or certificate that is refused, see is_refused(), and every
/// refusal of a server that is no fault of the command, see redis_refusal(); the connections to
/// that server are then made anew); record_corrupt for a key of another type; internal for a
/// command that was not understood.
class RedisClient {
 public:
  /// Does not connect. invalid_request when a TLS file cannot be used.
  [[nodiscard]] static Result<std::unique_ptr<RedisClient>> make(RedisOptions options);
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  /// One round trip when the map is right. Never an error reply.
  [[nodiscard]] Result<Reply> run(const Command& command, Effort effort);
  /// All of them, each as run() would, with one round trip for each server that has a key of
  /// theirs. In the order of `commands`; `effort` is one that may be repeated.
  [[nodiscard]] Result<std::vector<Reply>> run_all(const std::vector<Command>& commands,
                                                   Effort effort);
  /// The reply of one server to a command that reads. Never an error reply.
  [[nodiscard]] Result<Reply> ask(const RedisAddress& address, const Command& command);
  /// The servers that have slots now.
  [[nodiscard]] Result<std::vector<RedisAddress>> primaries();
  /// The same and, in a cluster, their replicas after them.
  [[nodiscard]] Result<std::vector<RedisAddress>> members();
  /// Asks a cluster who has which slots; what comes of it shows in primaries().
  void refresh_map();

  /// The server has the key, as far as is known.
  [[nodiscard]] bool serves(const RedisAddress& address, std::string_view key);

  /// The last failure was a password, a certificate or a permission: trying again is in vain until
  /// somebody changes it.
  [[nodiscard]] bool is_refused() const { return refused_; }
  [[nodiscard]] const RedisOptions& options() const { return *options_; }

 private:
  class Errand;

  RedisClient(std::unique_ptr<const RedisOptions> options, RedisConnector connector)
      : options_(std::move(options)),
        connector_(std::move(connector)),
        topology_(connector_, options_->location) {}
  [[nodiscard]] RedisTopology::Node primary_for(const Command& command, RedisDeadline until);
  [[nodiscard]] Error explain(const RedisAddress& address, const Lost& lost);
  /// Makes connections to the node anew where that may help.
  [[nodiscard]] Error explain(RedisNode& node, const Reply& error);
  [[nodiscard]] RedisDeadline deadline() const;
  [[nodiscard]] bool waits_for_replicas(Effort effort) const;
  /// WAIT, encoded.
  [[nodiscard]] std::string wait_command() const;
  [[nodiscard]] bool has_replicas(const Reply& waited) const;
  /// Fills in the replies that came, as far as they are none of an error.
  void send_together(const std::vector<Command>& commands, const std::vector<std::size_t>& chosen,
                     RedisNode& node, Effort effort, std::vector<std::optional<Reply>>& replies);

  const std::unique_ptr<const RedisOptions> options_;
  const RedisConnector connector_;
  RedisTopology topology_;
  std::atomic<bool> refused_{false};
};

/// store_unavailable with retry_after, `inside` for the operator.
[[nodiscard]] Error store_unavailable(std::string inside);

}  // namespace cardvault
