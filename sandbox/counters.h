#pragma once

#include <cstdint>
#include <map>

namespace cardvault::sandbox {

/// Counters of a channel since the start or the last reset.
struct Counters {
  std::uint64_t received = 0;
  /// Messages answered as closed: 200, or 202 by a callback channel.
  std::uint64_t accepted = 0;
  /// Accepted messages whose webhook-id had been accepted before. They change nothing.
  std::uint64_t duplicates = 0;
  std::uint64_t signatures_refused = 0;
  /// Messages that met a fault: dropped, or answered with the status of a knob.
  std::uint64_t faults = 0;
  /// Copies of callbacks that wait for their first or next attempt.
  std::uint64_t callbacks_pending = 0;
  /// Attempts; each has an entry in callback_answers.
  std::uint64_t callbacks_sent = 0;
  /// Copies of callbacks that never got a 2xx answer.
  std::uint64_t callbacks_given_up = 0;
  /// Number of attempts for each status of the vault; 0: no answer.
  std::map<int, std::uint64_t> callback_answers = {};

  /// Number of different webhook-ids that were accepted.
  [[nodiscard]] std::uint64_t distinct() const { return accepted - duplicates; }
};

}  // namespace cardvault::sandbox
