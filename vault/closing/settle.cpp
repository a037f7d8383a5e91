#include "vault/closing/settle.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/closing/end.h"
#include "vault/closing/error_codes.h"
#include "vault/closing/wallet_closures.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

const Actor kWorker{"worker"};

std::string payload_of(const ClosingVault& vault, const WalletId& wallet, const Deregistration& one,
                       Channel channel, Time now) {
  nlohmann::ordered_json data{{"deregistration", one.id.text()},
                              {"card", one.card.text()},
                              {"channel", channel_name(channel)},
                              {"last4", one.last4},
                              {"reason", one.reason},
                              {"extent", extent_name(one.extent)},
                              {"requested_at", format_rfc3339(one.requested_at)},
                              {"deadline", format_rfc3339(one.deadline)}};
  // Only a channel that reports back needs the wallet id. To other channels it would reveal which
  // cards belong to one user.
  const ChannelProfile* profile = vault.channels.find(channel);
  if (profile != nullptr && profile->callback_key) {
    data["wallet"] = wallet.text();
  }
  return nlohmann::ordered_json{
      {"type", "channel.close_requested"}, {"timestamp", format_rfc3339(now)}, {"data", data}}
      .dump();
}

DueClosure due_closure(const ClosingVault& vault, const WalletId& wallet, const Deregistration& one,
                       Channel channel, Time now) {
  return {.key = {wallet, one.id, channel},
          .message = {.id = message_id(one.id, channel),
                      .sent_at = now,
                      .payload = payload_of(vault, wallet, one, channel, now)}};
}

bool is_due(const Closure& closure, Time now) {
  return closure.is_open() && closure.next_attempt_at && *closure.next_attempt_at <= now;
}

/// Returns a time shortly after `earliest`, or after now. It is the next attempt of a closure for
/// which no call was made, or whose channel sent Retry-After. The random part spreads the attempts,
/// so that closures postponed together do not come back together.
Time a_moment_after(const std::optional<Time>& earliest, const Backoff& backoff, Time now,
                    RandomSource& random) {
  constexpr Seconds kMoment{30};
  const Backoff moment{.least = std::min(kMoment, backoff.most), .most = backoff.most};
  return std::max(now, earliest.value_or(now)) + moment.after(1, random);
}

void note_closed(Settled& settled, WalletChange& change, const Deregistration& one,
                 const Closure& closure) {
  const auto margin = std::chrono::duration_cast<Seconds>(one.deadline - change.now());
  settled.closed.push_back({closure.channel, margin});
  change.audit("closure.closed", {{"deregistration", one.id.text()},
                                  {"channel", std::string(channel_name(closure.channel))},
                                  {"acknowledgement_sha256", to_hex(closure.acknowledgement)}});
}

void keep_time(const ClosingVault& vault, WalletChange& change, Deregistration& one,
               Settled& settled) {
  if (one.is_closed()) return;
  if (one.deadline_provisional) {
    const Deadline deadline = vault.deadlines.after(one.requested_at);
    one.deadline = deadline.at;
    one.deadline_provisional = deadline.provisional;
  }
  const Time now = change.now();
  // The deadline may have moved, or the clock may have been corrected. Then the next time that the
  // deadline passes counts again.
  if (!one.is_overdue(now)) one.overdue_since.reset();
  if (one.overdue_since || !one.is_overdue(now)) return;
  one.overdue_since = now;
  settled.became_overdue.push_back(one.id);
  change.audit("deregistration.overdue",
               {{"deregistration", one.id.text()}, {"deadline", format_rfc3339(one.deadline)}});
}

/// The state that all steps of settling one wallet need.
struct Settling {
  const ClosingVault& vault;
  const Backoff& backoff;
  Wallet& wallet;
  WalletChange& change;
  Settled settled = {};

  [[nodiscard]] Time now() const { return change.now(); }

  void answered(Deregistration& one, Closure& closure, const TriedClosure& tried) {
    const ChannelProfile* profile = vault.channels.find(closure.channel);
    if (profile != nullptr && profile->completion == Completion::callback) {
      closure.await_report(tried.sent_at, now() + profile->acknowledge_within);
      return;
    }
    closure.close(now(), tried.reply.acknowledgement);
    note_closed(settled, change, one, closure);
  }

  void apply(const TriedClosure& tried) {
    Deregistration* one = find_deregistration(wallet, tried.key.deregistration);
    Closure* closure = one == nullptr ? nullptr : one->find_closure(tried.key.channel);
    if (closure == nullptr || !closure->is_open()) return;
    const CloseFailure failure = tried.reply.failure;
    if (was_called(failure)) ++closure->attempts;
    if (failure == CloseFailure::none) return answered(*one, *closure, tried);
    if (failure == CloseFailure::circuit_open || failure == CloseFailure::busy) {
      closure->postpone(failure, a_moment_after(tried.again_after, backoff, now(), vault.random));
      return;
    }
    closure->fail(failure, tried.reply.status, again_at(*closure, tried.reply));
  }

  /// Uses the backoff, but not a time before the one that the channel requested.
  [[nodiscard]] Time again_at(const Closure& closure, const CloseReply& reply) const {
    const Time by_backoff = now() + backoff.after(closure.failures + 1, vault.random);
    if (!reply.retry_after) return by_backoff;
    const Time asked_for = now() + std::min(*reply.retry_after, kLongestRetryAfter);
    return std::max(by_backoff, a_moment_after(asked_for, backoff, now(), vault.random));
  }

  /// `open`: the deregistrations that were open at the start.
  Status finish_closed(const std::vector<DeregistrationId>& open) {
    for (const DeregistrationId& id : open) {
      Deregistration* one = find_deregistration(wallet, id);
      if (!one->is_closed()) continue;
      TRY(finish(vault, wallet.id, change, *one));
    }
    forget_done_deregistrations(wallet);
    return {};
  }
};

std::vector<DeregistrationId> open_ones(const Wallet& wallet) {
  std::vector<DeregistrationId> open;
  for (const Deregistration& one : wallet.deregistrations) {
    if (!one.is_closed()) open.push_back(one.id);
  }
  return open;
}

Result<Deregistration*> find_known(Wallet& wallet, const DeregistrationId& id) {
  Deregistration* one = find_deregistration(wallet, id);
  if (one != nullptr) return one;
  return fail(ClosingError::deregistration_not_found, "The wallet has no such deregistration.");
}

bool is_stale(const Closure& closure, const ClosureReport& report) {
  // The time in the message has whole seconds.
  const bool told = closure.state == ClosureState::closing && closure.told_at;
  return !told || report.sent_at < std::chrono::floor<Seconds>(*closure.told_at);
}

ReportOutcome decide_report(Settling& settling, Deregistration& one, Closure& closure,
                            const ClosureReport& report) {
  if (!closure.is_open()) return ReportOutcome::already_closed;
  const Time now = settling.now();
  if (report.done) {
    // The channel knows of the closure, so it was called, even if that call's result is not stored
    // yet.
    closure.attempts = std::max(closure.attempts, 1U);
    closure.close(now, report.message_hash);
    note_closed(settling.settled, settling.change, one, closure);
    return ReportOutcome::closed;
  }
  if (is_stale(closure, report)) return ReportOutcome::stale;
  const auto wait = settling.backoff.after(closure.failures + 1, settling.vault.random);
  closure.fail(CloseFailure::reported_failed, 0, now + wait);
  return ReportOutcome::retry_scheduled;
}

}  // namespace

Result<Begun> begin_tries(const ClosingVault& vault, const WalletId& wallet, Time until) {
  Begun begun;
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<bool> {
    begun = {};
    for (Deregistration& one : opened.deregistrations) {
      keep_time(vault, change, one, begun.settled);
      for (Closure& closure : one.closures) {
        if (!is_due(closure, change.now())) continue;
        begun.due.push_back(due_closure(vault, wallet, one, closure.channel, change.now()));
        closure.next_attempt_at = until;
      }
    }
    return true;
  };
  const auto changed = change_wallet(vault, wallet, kWorker, decide);
  if (!changed && changed.error().code == WalletError::wallet_not_found) return Begun{};
  if (!changed) return fail(changed.error());
  return begun;
}

Result<Settled> settle_closures(const ClosingVault& vault, const WalletId& wallet,
                                const Backoff& backoff, std::span<const TriedClosure> tried) {
  Settled settled;
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<bool> {
    Settling settling{.vault = vault, .backoff = backoff, .wallet = opened, .change = change};
    const auto open = open_ones(opened);
    for (Deregistration& one : opened.deregistrations) {
      keep_time(vault, change, one, settling.settled);
    }
    for (const TriedClosure& one : tried) settling.apply(one);
    TRY(settling.finish_closed(open));
    settled = std::move(settling.settled);
    return true;
  };
  TRY(change_wallet(vault, wallet, kWorker, decide));
  return settled;
}

Result<Reported> report_closure(const ClosingVault& vault, const Backoff& backoff,
                                const ClosureReport& report) {
  Reported reported;
  const Actor actor{"channel:" + std::string(channel_name(report.key.channel))};
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<bool> {
    TRY_VALUE(const auto one, find_known(opened, report.key.deregistration));
    Closure* closure = one->find_closure(report.key.channel);
    if (closure == nullptr) {
      return fail(ClosingError::closure_not_found,
                  "The deregistration has no closure of this channel.");
    }
    Settling settling{.vault = vault, .backoff = backoff, .wallet = opened, .change = change};
    const auto open = open_ones(opened);
    keep_time(vault, change, *one, settling.settled);
    reported.outcome = decide_report(settling, *one, *closure, report);
    TRY(settling.finish_closed(open));
    const bool changes = reported.outcome == ReportOutcome::closed ||
                         reported.outcome == ReportOutcome::retry_scheduled;
    if (changes) reported.settled = std::move(settling.settled);
    return changes;
  };
  TRY(change_wallet(vault, report.key.wallet, actor, decide));
  return reported;
}

Result<std::size_t> retry_closures(const ClosingVault& vault, const Actor& actor,
                                   const WalletId& wallet, const DeregistrationId& deregistration,
                                   std::optional<Channel> channel) {
  std::size_t count = 0;
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<bool> {
    TRY_VALUE(const auto one, find_known(opened, deregistration));
    count = 0;
    for (Closure& closure : one->closures) {
      if (!closure.is_open() || (channel && closure.channel != *channel)) continue;
      closure.start_over(change.now());
      ++count;
    }
    if (count > 0) change.audit("closures.retried", {{"deregistration", deregistration.text()}});
    return count > 0;
  };
  TRY(change_wallet(vault, wallet, actor, decide));
  return count;
}

}  // namespace cardvault
