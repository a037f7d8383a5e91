#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace cardvault {

/// What an error reply means. Proxies, scripts and older servers put a refusal behind "ERR" or into
/// a sentence ("ERR READONLY You can't write ..."), so its word counts wherever it stands.
struct RedisRefusal {
  /// record_corrupt: the key holds something else than it should (WRONGTYPE). internal: the command
  /// itself was not understood, which no server in another state would change. store_unavailable:
  /// everything else, known or not, because the command was not done and may be later.
  ErrorCode code = ErrorCode::store_unavailable;
  /// A password or right that is missing: trying again is in vain until somebody changes it.
  bool denied = false;
  /// Another server may stand behind the name by now, so a new connection may do better. Not for a
  /// server that is only full or busy.
  bool reconnect = false;
  /// For the operator. Nothing that could repeat the request.
  std::string words = {};
};

/// `text` is that of an error reply.
[[nodiscard]] RedisRefusal redis_refusal(std::string_view text);

/// The word stands in the text: not as a part of another.
[[nodiscard]] bool says(std::string_view text, std::string_view word);

}  // namespace cardvault
