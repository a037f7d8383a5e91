#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace cardvault {

/// The meaning of an error reply. Proxies, scripts and older servers put a refusal after "ERR" or
/// into a sentence ("ERR READONLY You can't write ..."). So its word counts at any place.
struct RedisRefusal {
  /// record_corrupt: the key has a wrong type (WRONGTYPE). internal: the command itself was not
  /// understood, and no other state of the server would change that. store_unavailable: everything
  /// else, known or not, because the command was not done but may succeed later.
  ErrorCode code = ErrorCode::store_unavailable;
  /// A password or permission is missing. A retry is useless until someone changes that.
  bool denied = false;
  /// The name may lead to another server by now, so a new connection may help. Not set if the
  /// server is only full or busy.
  bool reconnect = false;
  /// For the operator. It contains nothing that could repeat the request.
  std::string words = {};
};

/// `text` is the text of an error reply.
[[nodiscard]] RedisRefusal redis_refusal(std::string_view text);

/// True if the text contains the word, but not as a part of a longer word.
[[nodiscard]] bool says(std::string_view text, std::string_view word);

}  // namespace cardvault
