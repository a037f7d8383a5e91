#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/names.h"
#include "vault/change/wallet_change.h"
#include "vault/closing/channel_gateway.h"
#include "vault/closing/closing_vault.h"
#include "vault/delivery/backoff.h"

namespace cardvault {

/// Maximum wait that a channel can request with Retry-After. A closure has seven working days. With
/// a longer wait, a channel whose clock is wrong could make the closure miss the deadline.
inline constexpr Seconds kLongestRetryAfter = std::chrono::hours{24};

/// Identifies a closure.
struct ClosureKey {
  WalletId wallet;
  DeregistrationId deregistration;
  Channel channel = Channel::wechat_pay;

  auto operator<=>(const ClosureKey&) const = default;
};

/// A closure that is due, and the message for its channel.
struct DueClosure {
  ClosureKey key;
  CloseMessage message;
};

/// The result of an attempt. Another attempt before `again_after` would be useless.
struct TriedClosure {
  ClosureKey key;
  CloseReply reply = {};
  Time sent_at{};
  std::optional<Time> again_after = {};
};

/// The changes that settling made, for metrics and log.
struct Settled {
  struct Closed {
    Channel channel = Channel::wechat_pay;
    Seconds margin{};  ///< time from the closing to the deadline; negative if it was missed
  };
  std::vector<Closed> closed;
  std::vector<DeregistrationId> became_overdue;
};

/// Work for a claimed wallet.
struct Begun {
  std::vector<DueClosure> due;
  Settled settled;
};

/// Takes the due closures of a wallet. One commit moves their next attempt to `until`. So no other
/// worker in any process makes the attempt before `until`. If this worker dies, the attempt becomes
/// due again at `until`. This also recomputes provisional deadlines and marks overdue
/// deregistrations. If the wallet does not exist any more, the result is empty.
[[nodiscard]] Result<Begun> begin_tries(const ClosingVault& vault, const WalletId& wallet,
                                        Time until);

/// Writes the results of attempts into the wallet in one commit, and signs the receipts of
/// deregistrations that are now closed. After a failed attempt the closure waits by `backoff`. If
/// the channel requested a longer wait (up to kLongestRetryAfter), it waits at least that long. If
/// no call was made, the closure waits a moment and its backoff does not grow. A closed closure
/// never opens again. If a receipt cannot be signed, this fails with key_unavailable and writes
/// nothing; the attempts are then made again.
[[nodiscard]] Result<Settled> settle_closures(const ClosingVault& vault, const WalletId& wallet,
                                              const Backoff& backoff,
                                              std::span<const TriedClosure> tried);

/// A channel's own report about a closure.
struct ClosureReport {
  ClosureKey key;
  bool done = false;      ///< false: the channel failed
  Time sent_at{};         ///< time of the signed message
  Digest message_hash{};  ///< SHA-256 of the signed body: the acknowledgement
};

enum class ReportOutcome : std::uint8_t {
  closed,           ///< the closure is closed now
  already_closed,   ///< it stays closed: nothing changed
  retry_scheduled,  ///< the channel failed; the vault will tell it again
  stale,            ///< a failure from before the last message or without one: nothing changed
};

inline constexpr auto kReportOutcomeNames =
    names_from<ReportOutcome::closed>("closed", "already_closed", "retry_scheduled", "stale");

[[nodiscard]] constexpr std::string_view report_outcome_name(ReportOutcome outcome) {
  return name_of(kReportOutcomeNames, outcome);
}

struct Reported {
  ReportOutcome outcome = ReportOutcome::closed;
  Settled settled;
};

/// Errors: wallet_not_found, deregistration_not_found, closure_not_found, key_unavailable.
[[nodiscard]] Result<Reported> report_closure(const ClosingVault& vault, const Backoff& backoff,
                                              const ClosureReport& report);

/// Makes open closures of a deregistration due now and resets their backoff: all closures, or only
/// the one of `channel`. Returns how many closures that were. Errors: wallet_not_found,
/// deregistration_not_found.
[[nodiscard]] Result<std::size_t> retry_closures(const ClosingVault& vault, const Actor& actor,
                                                 const WalletId& wallet,
                                                 const DeregistrationId& deregistration,
                                                 std::optional<Channel> channel);

}  // namespace cardvault
