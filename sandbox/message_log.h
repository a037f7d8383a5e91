#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/names.h"
#include "base/time.h"
#include "sandbox/channels.h"
#include "sandbox/close_request.h"

namespace cardvault::sandbox {

/// The result of checking a signature. not_judged: the vault or its keys are not known.
enum class SignatureVerdict : std::uint8_t { valid, invalid, expired, not_judged };

inline constexpr auto kVerdictNames =
    names_from<SignatureVerdict::valid>("valid", "invalid", "expired", "not_judged");

[[nodiscard]] constexpr std::string_view verdict_name(SignatureVerdict verdict) {
  return name_of(kVerdictNames, verdict);
}

/// One message that a channel received.
struct Message {
  Time at{};
  ChannelIndex channel = 0;
  std::string webhook_id = {};
  CloseRequest says = {};
  SignatureVerdict signature = SignatureVerdict::not_judged;
  bool duplicate = false;
  /// The status of the answer; 0 if the connection was dropped.
  int status = 0;
};

/// The newest messages. Use from one thread at a time.
class MessageLog {
 public:
  /// Number of messages kept: under 2 MB, and more than a person reads.
  static constexpr std::size_t kKept = 1000;

  void add(Message message);
  void clear() { messages_.clear(); }
  [[nodiscard]] std::size_t size() const { return messages_.size(); }

  /// At most `limit` messages, the newest first. With `channel`, only those of that channel.
  [[nodiscard]] std::vector<Message> newest(std::size_t limit,
                                            std::optional<ChannelIndex> channel = {}) const;

 private:
  std::deque<Message> messages_;
};

}  // namespace cardvault::sandbox
