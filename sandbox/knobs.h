#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace cardvault::sandbox {

/// How long a channel may take at most, to answer or to report.
inline constexpr std::chrono::milliseconds kLongestDelay{60'000};

/// How one channel behaves. As made, it closes what it is asked to and says so in its answer.
/// Faults are played in the order they stand here: a channel that is down does nothing else.
struct Knobs {
  /// The connection ends without an answer.
  bool down = false;
  /// This many messages are answered 500 and not acted on.
  int fail_next = 0;
  /// Every message is answered with this status and not acted on.
  std::optional<int> status = {};
  /// The answer waits; what the message asks for is done before.
  std::chrono::milliseconds delay{0};
  /// Answers 202 and reports the closure later.
  bool callback = false;
  std::chrono::milliseconds callback_delay{0};
  /// The report is sent this often, every time with the same webhook-id.
  int callback_copies = 1;
  /// The report is signed with a key that is not the channel's.
  bool callback_forged = false;
  /// It reports closure.failed instead of closure.completed.
  bool callback_failed = false;

  bool operator==(const Knobs&) const = default;
};

/// `knobs` with the members of a JSON object applied: down, fail_next (0 to 1000000), status (null
/// or 200 to 599), delay_ms and callback_delay_ms (0 to 60000), callback, callback_copies (1 to 5),
/// callback_forged, callback_failed. malformed_json or invalid_request, and nothing is applied,
/// when anything about it is wrong.
[[nodiscard]] Result<Knobs> apply_patch(Knobs knobs, std::string_view json);

/// All members, as apply_patch takes them.
[[nodiscard]] nlohmann::ordered_json to_json(const Knobs& knobs);

}  // namespace cardvault::sandbox
