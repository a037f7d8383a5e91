#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/names.h"
#include "crypto/ed25519.h"
#include "crypto/keyed_hash.h"
#include "crypto/keys/keyring.h"
#include "vault/wallet/channel.h"
#include "vault/wallet/closure_failure.h"

namespace cardvault {

/// State of one channel's closure. The numbers are stored.
///
///   state   | answered: done | answered: will report | call failed | report: done | report: failed
///   --------+----------------+-----------------------+-------------+--------------+---------------
///   pending | closed         | closing               | pending     | closed       | pending
///   closing | closed         | closing               | pending     | closed       | pending
///   closed  | -              | -                     | -           | -            | -
///
/// "Overdue" is not a state: an open closure is overdue after its deadline has passed.
enum class ClosureState : std::uint8_t { pending = 1, closing = 2, closed = 3 };

/// The ending of one channel for a card.
struct Closure {
  Channel channel = Channel::wechat_pay;
  ClosureState state = ClosureState::pending;
  std::uint32_t attempts = 0;  ///< calls whose result is known, or that the channel reported on
  std::uint32_t failures = 0;  ///< failed attempts in a row; backoff grows with them
  CloseFailure last_failure = CloseFailure::none;
  std::uint16_t last_status = 0;  ///< status of the HTTP answer, with CloseFailure::http_status
  /// Time of the next attempt. While an attempt is in flight, the time its lease expires. Empty
  /// once the closure is closed.
  std::optional<Time> next_attempt_at = {};
  std::optional<Time> told_at = {};  ///< when the last message that the channel accepted was sent
  std::optional<Time> closed_at = {};
  Digest acknowledgement{};  ///< SHA-256 of the channel's answer or report

  [[nodiscard]] bool is_open() const { return state != ClosureState::closed; }

  // These are the rows of the table above. A closed closure never changes.
  void close(Time now, const Digest& acknowledgement_of);
  /// If the channel had accepted an earlier message, it did not report in time. So that counts as a
  /// failed attempt.
  void await_report(Time told, Time report_by);
  /// Puts the attempt off for a reason that does not concern the channel's last answer.
  void postpone(CloseFailure why, Time again_at);
  /// Makes the closure due at once and resets its failures, because an operator asked for it.
  void start_over(Time now);
  void fail(CloseFailure why, std::uint16_t status, Time again_at);

  bool operator==(const Closure&) const = default;
};

/// The scope of a deregistration. The numbers are stored.
enum class Extent : std::uint8_t {
  card = 1,     ///< the card for good, with every channel it was opened for
  channel = 2,  ///< one channel; the card lives on
};

inline constexpr auto kExtentNames = names_from<Extent::card>("card", "channel");

[[nodiscard]] constexpr std::string_view extent_name(Extent extent) {
  return name_of(kExtentNames, extent);
}

/// The signature that was made when all closures were closed. With the deregistration, it makes the
/// receipt.
struct ReceiptSeal {
  KeyId key = 0;
  Time issued_at{};
  Ed25519Signature signature{};

  bool operator==(const ReceiptSeal&) const = default;
};

/// The end of a card, or of one of its channels.
struct Deregistration {
  DeregistrationId id;
  CardId card;
  Extent extent = Extent::card;
  std::string last4;
  std::string reason;
  Time requested_at{};
  Time deadline{};
  bool deadline_provisional = false;       ///< see vault/closing/working_days.h
  std::optional<Time> overdue_since = {};  ///< when it was recorded and reported to the operator
  std::vector<Closure> closures;
  std::optional<ReceiptSeal> receipt = {};

  [[nodiscard]] bool is_closed() const;
  /// True if it is not closed although the deadline has passed.
  [[nodiscard]] bool is_overdue(Time now) const { return !is_closed() && now > deadline; }
  /// Time when the last channel closed, or the time of the request if there was no channel to
  /// close. Call this only for a closed deregistration.
  [[nodiscard]] Time closed_at() const;
  [[nodiscard]] Closure* find_closure(Channel channel);
  [[nodiscard]] const Closure* find_closure(Channel channel) const;
  /// Time of the next work: an attempt, or marking it as overdue.
  [[nodiscard]] std::optional<Time> next_due() const;

  bool operator==(const Deregistration&) const = default;
};

/// "closing", "closed" or "overdue".
[[nodiscard]] std::string_view deregistration_state_name(const Deregistration& one, Time now);
/// "pending", "closing", "closed" or "overdue".
[[nodiscard]] std::string_view closure_state_name(const Closure& closure, Time deadline, Time now);

/// Returns "drg_... . channel": the webhook-id of every message about this closure.
[[nodiscard]] std::string message_id(const DeregistrationId& id, Channel channel);

}  // namespace cardvault
