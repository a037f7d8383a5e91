#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "sandbox/channels.h"
#include "sandbox/close_request.h"

namespace cardvault::sandbox {

/// What became of a message's signature. not_judged: no vault, or none of its keys, is known.
enum class SignatureVerdict : std::uint8_t { valid, invalid, expired, not_judged };

[[nodiscard]] std::string_view verdict_name(SignatureVerdict verdict);

/// One message that a channel received.
struct Message {
  Time at{};
  ChannelIndex channel = 0;
  std::string webhook_id = {};
  CloseRequest says = {};
  SignatureVerdict signature = SignatureVerdict::not_judged;
  bool duplicate = false;
  /// What it was answered with; 0 when the connection was dropped instead.
  int status = 0;
};

/// The newest messages. Not for several threads at once.
class MessageLog {
 public:
  /// How many are kept: under 2 MB, and more than anyone reads by eye.
  static constexpr std::size_t kKept = 1000;

  void add(Message message);
  void clear() { messages_.clear(); }
  [[nodiscard]] std::size_t size() const { return messages_.size(); }

  /// At most `limit`, the newest first; those of one channel when it is named.
  [[nodiscard]] std::vector<Message> newest(std::size_t limit,
                                            std::optional<ChannelIndex> channel = {}) const;

 private:
  std::deque<Message> messages_;
};

}  // namespace cardvault::sandbox
