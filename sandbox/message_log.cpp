#include "sandbox/message_log.h"

namespace cardvault::sandbox {

void MessageLog::add(Message message) {
  if (messages_.size() == kKept) messages_.pop_front();
  messages_.push_back(std::move(message));
}

std::vector<Message> MessageLog::newest(std::size_t limit,
                                        std::optional<ChannelIndex> channel) const {
  std::vector<Message> found;
  for (auto message = messages_.rbegin(); message != messages_.rend(); ++message) {
    if (found.size() == limit) break;
    if (!channel || message->channel == *channel) found.push_back(*message);
  }
  return found;
}

}  // namespace cardvault::sandbox
