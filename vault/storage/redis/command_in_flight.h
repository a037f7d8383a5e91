#pragma once

#include "vault/storage/redis/client.h"

namespace cardvault {

/// One command in flight, with all its redirections and retries.
class RedisClient::CommandInFlight {
 public:
  CommandInFlight(RedisClient& client, const Command& command, Effort effort);

  [[nodiscard]] Result<Reply> run();

 private:
  [[nodiscard]] RedisTopology::Node next_node();
  [[nodiscard]] Replies send(RedisNode& node) const;
  /// Decide what to do after a failure. Success means: try again.
  [[nodiscard]] Status after_loss(const RedisNode& node, const Lost& lost);
  [[nodiscard]] Status after_error(RedisNode& node, const Reply& error);
  [[nodiscard]] Status follow(RedisNode& node, const Reply& redirection);
  [[nodiscard]] Status pause_after(RedisNode& node, const Reply& error);
  [[nodiscard]] Result<Reply> accept(const RedisNode& node, std::vector<Reply> replies);

  RedisClient& client_;
  const Command& command_;
  const Effort effort_;
  const bool waits_for_replicas_;
  const RedisDeadline deadline_;
  Command::Naming naming_ = Command::Naming::hash;
  RedisTopology::Node asked_;  ///< target of an ASK, for one request
  bool asking_ = false;
  int losses_ = 0;
  int redirections_ = 0;
  int pauses_ = 0;
};

}  // namespace cardvault
