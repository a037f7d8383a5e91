#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "vault/wallet/channel.h"

namespace cardvault {

/// How far the ending of one channel is. The numbers are stored.
///
///   pending -> closing (being told) -> closed
///   closing -> pending (failed, to be tried again)
enum class ClosureState : std::uint8_t { pending = 1, closing = 2, closed = 3 };

[[nodiscard]] std::string_view closure_state_name(ClosureState state);

/// The ending of one channel of a deregistered card.
struct Closure {
  Channel channel = Channel::wechat_pay;
  ClosureState state = ClosureState::pending;
  std::optional<Time> closed_at = {};

  bool operator==(const Closure&) const = default;
};

/// The final end of a card.
struct Deregistration {
  DeregistrationId id;
  CardId card;
  std::string last4;
  std::string reason;
  Time requested_at{};
  std::vector<Closure> closures;

  [[nodiscard]] bool is_closed() const;

  bool operator==(const Deregistration&) const = default;
};

}  // namespace cardvault
