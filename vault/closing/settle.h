#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vault/change/wallet_change.h"
#include "vault/closing/channel_gateway.h"
#include "vault/closing/closing_vault.h"
#include "vault/delivery/backoff.h"

namespace cardvault {

/// How long a channel may ask to be left alone by Retry-After, at most. A closure has seven working
/// days: a longer wait would let a channel that is wrong about the time pass the deadline.
inline constexpr Seconds kLongestRetryAfter = std::chrono::hours{24};

/// A closure, wherever it is.
struct ClosureKey {
  WalletId wallet;
  DeregistrationId deregistration;
  Channel channel = Channel::wechat_pay;

  auto operator<=>(const ClosureKey&) const = default;
};

/// A closure whose time has come and what its channel is to be told.
struct DueClosure {
  ClosureKey key;
  CloseMessage message;
};

/// How a try ended. `again_after` is a time before which another makes no sense.
struct TriedClosure {
  ClosureKey key;
  CloseReply reply = {};
  Time sent_at{};
  std::optional<Time> again_after = {};
};

/// What settling changed, for metrics and log.
struct Settled {
  struct Closed {
    Channel channel = Channel::wechat_pay;
    Seconds margin{};  ///< from the closing to the deadline; negative when it was missed
  };
  std::vector<Closed> closed;
  std::vector<DeregistrationId> became_overdue;
};

/// What to do for a claimed wallet.
struct Begun {
  std::vector<DueClosure> due;
  Settled settled;
};

/// Takes the closures of a wallet that are due: one commit puts their next try off until `until`,
/// so that nobody else, in whatever process, makes it before, and nobody is needed for it to be
/// made then. Also computes provisional deadlines again and notes overdue ones. Nothing for a
/// wallet that is gone.
[[nodiscard]] Result<Begun> begin_tries(const ClosingVault& vault, const WalletId& wallet,
                                        Time until);

/// Writes into the wallet, in one commit, how tries ended, and signs the receipts of what is now
/// closed. A try that failed waits by `backoff`, and at least as long as the channel asked for, a
/// day at most; one that was not made waits a moment and grows no backoff. Nothing that was closed
/// is opened again. key_unavailable when a receipt cannot be signed; then nothing is written, and
/// the tries will be made again.
[[nodiscard]] Result<Settled> settle_closures(const ClosingVault& vault, const WalletId& wallet,
                                              const Backoff& backoff,
                                              std::span<const TriedClosure> tried);

/// What a channel reported by itself.
struct ClosureReport {
  ClosureKey key;
  bool done = false;      ///< false: it could not
  Time sent_at{};         ///< by the signed message
  Digest message_hash{};  ///< SHA-256 of the signed body: the acknowledgement
};

enum class ReportOutcome : std::uint8_t {
  closed,           ///< it is closed now
  already_closed,   ///< and stays so: nothing changed
  retry_scheduled,  ///< the channel could not; it will be told again
  stale,            ///< a failure from before it was told last, or of one not told: nothing changed
};

[[nodiscard]] std::string_view report_outcome_name(ReportOutcome outcome);

struct Reported {
  ReportOutcome outcome = ReportOutcome::closed;
  Settled settled;
};

/// wallet_not_found, deregistration_not_found, closure_not_found, key_unavailable.
[[nodiscard]] Result<Reported> report_closure(const ClosingVault& vault, const Backoff& backoff,
                                              const ClosureReport& report);

/// Makes open closures of a deregistration due now, all or those of one channel, their backoff
/// begun anew. How many there were. wallet_not_found, deregistration_not_found.
[[nodiscard]] Result<std::size_t> retry_closures(const ClosingVault& vault, const Actor& actor,
                                                 const WalletId& wallet,
                                                 const DeregistrationId& deregistration,
                                                 std::optional<Channel> channel);

}  // namespace cardvault
