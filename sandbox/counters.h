#pragma once

#include <cstdint>
#include <map>

namespace cardvault::sandbox {

/// What a channel has seen since the start or the last reset.
struct Counters {
  std::uint64_t received = 0;
  /// Closed as asked: answered 200, or 202 by a callback channel.
  std::uint64_t accepted = 0;
  /// Accepted messages whose webhook-id had been accepted before; they change nothing.
  std::uint64_t duplicates = 0;
  std::uint64_t signatures_refused = 0;
  /// Messages that met a fault: dropped, or answered what a knob says.
  std::uint64_t faults = 0;
  /// Copies of callbacks that wait for their first or next try.
  std::uint64_t callbacks_pending = 0;
  /// Tries, each with an entry in callback_answers.
  std::uint64_t callbacks_sent = 0;
  /// Copies of callbacks that were never answered 2xx.
  std::uint64_t callbacks_given_up = 0;
  /// How often the vault answered a try with which status; 0 is no answer.
  std::map<int, std::uint64_t> callback_answers = {};

  /// Different webhook-ids that were accepted.
  [[nodiscard]] std::uint64_t distinct() const { return accepted - duplicates; }
};

}  // namespace cardvault::sandbox
