#include "vault/use_cases/close_channels.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/use_cases/endings.h"

namespace cardvault {
namespace {

const Actor kWorker{"worker"};

std::string payload_of(const Vault& vault, const WalletId& wallet, const Deregistration& one,
                       Channel channel, Time now) {
  const nlohmann::ordered_json data{{"deregistration", one.id.text()},
                                    {"wallet", wallet.text()},
                                    {"card", one.card.text()},
                                    {"channel", channel_name(channel)},
                                    {"last4", one.last4},
                                    {"reason", one.reason},
                                    {"extent", extent_name(one.extent)},
                                    {"requested_at", format_rfc3339(one.requested_at)},
                                    {"deadline", format_rfc3339(current_deadline(vault, one).at)}};
  return nlohmann::ordered_json{
      {"type", "channel.close_requested"}, {"timestamp", format_rfc3339(now)}, {"data", data}}
      .dump();
}

bool is_due(const Closure& closure, Time now) {
  return closure.is_open() && closure.next_attempt_at && *closure.next_attempt_at <= now;
}

Time later(Time one, const std::optional<Time>& other) {
  return other ? std::max(one, *other) : one;
}

void note_closed(Settled& settled, WalletChange& change, const Deregistration& one,
                 const Closure& closure) {
  const auto margin = std::chrono::duration_cast<Seconds>(one.deadline - change.now());
  settled.closed.push_back({closure.channel, margin});
  change.audit("closure.closed", {{"deregistration", one.id.text()},
                                  {"channel", std::string(channel_name(closure.channel))},
                                  {"acknowledgement_sha256", to_hex(closure.acknowledgement)}});
}

/// One wallet being settled: what all the steps need.
struct Settling {
  const Vault& vault;
  const Backoff& backoff;
  Wallet& wallet;
  WalletChange& change;
  Settled settled = {};

  [[nodiscard]] Time now() const { return change.now(); }

  void answered(Deregistration& one, Closure& closure, const CloseReply& reply) {
    const ChannelProfile* profile = vault.channels.find(closure.channel);
    if (profile != nullptr && profile->completion == Completion::callback) {
      closure.await_report(now(), now() + profile->acknowledge_within);
      return;
    }
    closure.close(now(), reply.acknowledgement);
    note_closed(settled, change, one, closure);
  }

  void apply(const TriedClosure& tried) {
    Deregistration* one = wallet.find_deregistration(tried.key.deregistration);
    Closure* closure = one == nullptr ? nullptr : one->find_closure(tried.key.channel);
    if (closure == nullptr || !closure->is_open()) return;
    const CloseFailure failure = tried.reply.failure;
    const bool called = failure != CloseFailure::circuit_open && failure != CloseFailure::busy &&
                        failure != CloseFailure::not_configured;
    if (called) ++closure->attempts;
    if (failure == CloseFailure::none) {
      answered(*one, *closure, tried.reply);
      return;
    }
    const auto wait = backoff.after(closure->failures + 1, vault.random);
    closure->fail(failure, tried.reply.status, later(now() + wait, tried.again_after));
  }

  void hold(const ClosureKey& key, Time until) {
    Deregistration* one = wallet.find_deregistration(key.deregistration);
    Closure* closure = one == nullptr ? nullptr : one->find_closure(key.channel);
    if (closure != nullptr && closure->is_open()) closure->next_attempt_at = until;
  }

  void keep_time(Deregistration& one) {
    if (one.is_closed()) return;
    const Deadline deadline = current_deadline(vault, one);
    one.deadline = deadline.at;
    one.deadline_provisional = deadline.provisional;
    if (one.overdue_since || !one.is_overdue(now())) return;
    one.overdue_since = now();
    settled.became_overdue.push_back(one.id);
    change.audit("deregistration.overdue",
                 {{"deregistration", one.id.text()}, {"deadline", format_rfc3339(one.deadline)}});
  }

  /// `open` were open at the start.
  Status finish_closed(const std::vector<DeregistrationId>& open) {
    for (const DeregistrationId& id : open) {
      Deregistration* one = wallet.find_deregistration(id);
      if (!one->is_closed()) continue;
      if (const auto done = finish(vault, wallet.id, change, *one); !done) return done;
    }
    wallet.forget_done_deregistrations();
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
  Deregistration* one = wallet.find_deregistration(id);
  if (one != nullptr) return one;
  return fail(ErrorCode::deregistration_not_found, "The wallet has no such deregistration.");
}

bool is_stale(const Closure& closure, const ClosureReport& report) {
  // The message's time has whole seconds.
  const bool told = closure.state == ClosureState::closing && closure.told_at;
  return !told || report.sent_at < std::chrono::floor<Seconds>(*closure.told_at);
}

ReportOutcome decide_report(Settling& settling, Deregistration& one, Closure& closure,
                            const ClosureReport& report) {
  if (!closure.is_open()) return ReportOutcome::already_closed;
  const Time now = settling.now();
  if (report.done) {
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

Result<std::vector<DueClosure>> due_closures(const Vault& vault, const WalletId& wallet) {
  const auto opened = open_wallet(vault, wallet);
  std::vector<DueClosure> due;
  if (!opened && opened.error().code == ErrorCode::wallet_not_found) return due;
  if (!opened) return fail(opened.error());
  const Time now = vault.clock.now();
  for (const Deregistration& one : opened->wallet.deregistrations) {
    for (const Closure& closure : one.closures) {
      if (!is_due(closure, now)) continue;
      due.push_back({.key = {wallet, one.id, closure.channel},
                     .message = {.id = message_id(one.id, closure.channel),
                                 .sent_at = now,
                                 .payload = payload_of(vault, wallet, one, closure.channel, now)}});
    }
  }
  return due;
}

Result<Settled> settle_closures(const Vault& vault, const WalletId& wallet, const Backoff& backoff,
                                std::span<const TriedClosure> tried,
                                std::span<const ClosureKey> in_flight, Time in_flight_until) {
  Settled settled;
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<bool> {
    Settling settling{.vault = vault, .backoff = backoff, .wallet = opened, .change = change};
    const auto open = open_ones(opened);
    for (Deregistration& one : opened.deregistrations) settling.keep_time(one);
    for (const TriedClosure& one : tried) settling.apply(one);
    for (const ClosureKey& key : in_flight) settling.hold(key, in_flight_until);
    if (const auto done = settling.finish_closed(open); !done) return fail(done.error());
    settled = std::move(settling.settled);
    return true;
  };
  if (const auto changed = change_wallet(vault, wallet, kWorker, decide); !changed) {
    return fail(changed.error());
  }
  return settled;
}

std::string_view report_outcome_name(ReportOutcome outcome) {
  switch (outcome) {
    case ReportOutcome::closed:
      return "closed";
    case ReportOutcome::already_closed:
      return "already_closed";
    case ReportOutcome::retry_scheduled:
      return "retry_scheduled";
    case ReportOutcome::stale:
      return "stale";
  }
  return "";
}

Result<Reported> report_closure(const Vault& vault, const Backoff& backoff,
                                const ClosureReport& report) {
  Reported reported;
  const Actor actor{"channel:" + std::string(channel_name(report.key.channel))};
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<bool> {
    const auto one = find_known(opened, report.key.deregistration);
    if (!one) return fail(one.error());
    Closure* closure = (*one)->find_closure(report.key.channel);
    if (closure == nullptr) {
      return fail(ErrorCode::closure_not_found, "The card was not opened for this channel.");
    }
    Settling settling{.vault = vault, .backoff = backoff, .wallet = opened, .change = change};
    const auto open = open_ones(opened);
    settling.keep_time(**one);
    reported.outcome = decide_report(settling, **one, *closure, report);
    if (const auto done = settling.finish_closed(open); !done) return fail(done.error());
    reported.settled = std::move(settling.settled);
    return reported.outcome == ReportOutcome::closed ||
           reported.outcome == ReportOutcome::retry_scheduled;
  };
  const auto changed = change_wallet(vault, report.key.wallet, actor, decide);
  if (!changed) return fail(changed.error());
  return reported;
}

Result<std::size_t> retry_closures(const Vault& vault, const Actor& actor, const WalletId& wallet,
                                   const DeregistrationId& deregistration,
                                   std::optional<Channel> channel) {
  std::size_t count = 0;
  const auto decide = [&](Wallet& opened, WalletChange& change) -> Result<bool> {
    const auto one = find_known(opened, deregistration);
    if (!one) return fail(one.error());
    count = 0;
    for (Closure& closure : (*one)->closures) {
      if (!closure.is_open() || (channel && closure.channel != *channel)) continue;
      closure.next_attempt_at = change.now();
      closure.failures = 0;
      ++count;
    }
    if (count > 0) change.audit("closures.retried", {{"deregistration", deregistration.text()}});
    return count > 0;
  };
  const auto changed = change_wallet(vault, wallet, actor, decide);
  if (!changed) return fail(changed.error());
  return count;
}

}  // namespace cardvault
