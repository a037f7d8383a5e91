#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
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
/// "Overdue" is not a state: an open closure is overdue once its deadline has passed.
enum class ClosureState : std::uint8_t { pending = 1, closing = 2, closed = 3 };

/// The ending of one channel for a card.
struct Closure {
  Channel channel = Channel::wechat_pay;
  ClosureState state = ClosureState::pending;
  std::uint32_t attempts = 0;  ///< calls made that are known to have ended, or were reported on
  std::uint32_t failures = 0;  ///< tries in a row that failed; what backoff grows by
  CloseFailure last_failure = CloseFailure::none;
  std::uint16_t last_status = 0;  ///< of the HTTP answer, with CloseFailure::http_status
  /// When to try (again). While it is being tried: when another may, should this one not come back.
  /// Nothing once closed.
  std::optional<Time> next_attempt_at = {};
  std::optional<Time> told_at = {};  ///< when the message was sent that the channel last took
  std::optional<Time> closed_at = {};
  Digest acknowledgement{};  ///< SHA-256 of what the channel answered or reported with

  [[nodiscard]] bool is_open() const { return state != ClosureState::closed; }

  // The rows of the table above. Nothing happens to a closed closure.
  void close(Time now, const Digest& acknowledgement_of);
  /// Told again when it was told before counts as a failed try: it did not report in time.
  void await_report(Time told, Time report_by);
  /// Not tried now, for a reason that says nothing about the channel's last answer.
  void postpone(CloseFailure why, Time again_at);
  /// To be tried at once on an operator's word, as if it had never failed.
  void start_over(Time now);
  void fail(CloseFailure why, std::uint16_t status, Time again_at);

  bool operator==(const Closure&) const = default;
};

/// What a deregistration ends. The numbers are stored.
enum class Extent : std::uint8_t {
  card = 1,     ///< the card for good, with every channel it was opened for
  channel = 2,  ///< one channel of a card that lives on
};

[[nodiscard]] std::string_view extent_name(Extent extent);

/// What was signed when everything was closed: with the deregistration itself, all of the receipt.
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
  std::optional<Time> overdue_since = {};  ///< when it was noted and told to the operator
  std::vector<Closure> closures;
  std::optional<ReceiptSeal> receipt = {};

  [[nodiscard]] bool is_closed() const;
  /// Not closed though the deadline has passed.
  [[nodiscard]] bool is_overdue(Time now) const { return !is_closed() && now > deadline; }
  /// When the last channel closed; the request's time when there was none to close. Only of a
  /// closed one.
  [[nodiscard]] Time closed_at() const;
  [[nodiscard]] Closure* find_closure(Channel channel);
  [[nodiscard]] const Closure* find_closure(Channel channel) const;
  /// When something is to be done next: a try, or noting that it is overdue.
  [[nodiscard]] std::optional<Time> next_due() const;

  bool operator==(const Deregistration&) const = default;
};

/// "closing", "closed" or "overdue".
[[nodiscard]] std::string_view deregistration_state_name(const Deregistration& one, Time now);
/// "pending", "closing", "closed" or "overdue".
[[nodiscard]] std::string_view closure_state_name(const Closure& closure, Time deadline, Time now);

/// "drg_... . channel": the webhook-id of every message about this closure.
[[nodiscard]] std::string message_id(const DeregistrationId& id, Channel channel);

}  // namespace cardvault
