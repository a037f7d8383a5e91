#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace cardvault::sandbox {

/// Longest delay of an answer or a report.
inline constexpr std::chrono::milliseconds kLongestDelay{60'000};

/// The behaviour of one channel. By default it closes a card on request and says so in its answer.
/// Faults are applied in the order of these members: a channel that is down does nothing else.
struct Knobs {
  /// The connection ends without an answer.
  bool down = false;
  /// This many messages are answered with 500; nothing else is done.
  int fail_next = 0;
  /// Every message is answered with this status; nothing else is done.
  std::optional<int> status = {};
  /// The answer is delayed; the request is carried out before.
  std::chrono::milliseconds delay{0};
  /// Answers 202 and reports the closure later.
  bool callback = false;
  std::chrono::milliseconds callback_delay{0};
  /// The report is sent this often, always with the same webhook-id.
  int callback_copies = 1;
  /// The report is signed with a key that is not the channel's.
  bool callback_forged = false;
  /// The report is closure.failed instead of closure.completed.
  bool callback_failed = false;

  bool operator==(const Knobs&) const = default;
};

/// Returns `knobs` with the members of a JSON object applied: down, fail_next (0 to 1000000),
/// status (null or 200 to 599), delay_ms and callback_delay_ms (0 to 60000), callback,
/// callback_copies (1 to 5), callback_forged, callback_failed. If anything is wrong, nothing is
/// applied. Errors: malformed_json, invalid_request.
[[nodiscard]] Result<Knobs> apply_patch(Knobs knobs, std::string_view json);

/// All members, in the form that apply_patch accepts.
[[nodiscard]] nlohmann::ordered_json to_json(const Knobs& knobs);

}  // namespace cardvault::sandbox
