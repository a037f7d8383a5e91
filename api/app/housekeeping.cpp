#include "api/app/housekeeping.h"

#include <algorithm>
#include <utility>

#include "api/json/key_inventory.h"
#include "base/log.h"
#include "vault/closing/channel_directory.h"
#include "vault/closing/closure_worker.h"
#include "vault/closing/settle.h"

namespace cardvault::api {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRound{1000};
constexpr std::chrono::hours kBetweenWarnings{1};
constexpr int kShare = 20;

void log_if_failed(std::string_view event, const Status& done) {
  if (done) return;
  log::write(
      log::Level::warning, event,
      {{"code", done.error().code.name}, {"inside", std::string_view(done.error().inside.text)}});
}

}  // namespace

Housekeeping::Housekeeping(const ClosingVault& vault, ClientRegistry& clients,
                           KeyringKeeper& keeper, KeyRotation& rotation, CalendarFiles& calendars,
                           ClosureMetrics& metrics, Backoff backoff)
    : vault_(vault),
      clients_(clients),
      keeper_(keeper),
      rotation_(rotation),
      calendars_(calendars),
      metrics_(metrics),
      backoff_(backoff),
      thread_([this] { run(); }) {}

Housekeeping::~Housekeeping() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  stop_asked_.notify_all();
  thread_.join();
}

void Housekeeping::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    see_others();
    see_ends_of_keys();
    if (calendars_.refresh()) {
      calendar_is_new_ = true;
      next_round_ = {};
    }
    const bool open = vault_.keyring.is_open();
    if (open && SteadyClock::now() >= next_round_) go_over_open_ones();
    lock.lock();
    stop_asked_.wait_for(lock, kRound, [&] { return stopping_.load(); });
  }
}

// Also called between the wallets of a long round, so that a client removed by another process
// loses its access in time.
void Housekeeping::see_others() {
  const auto now = SteadyClock::now();
  if (now < next_look_at_others_) return;
  next_look_at_others_ = now + kRound;
  log_if_failed("keyring_not_refreshed", keeper_.refresh());
  rotation_.look();
  if (!vault_.keyring.is_open()) return;
  log_if_failed("clients_not_refreshed", clients_.refresh());
}

void Housekeeping::see_ends_of_keys() {
  const auto now = SteadyClock::now();
  if (now < next_look_at_ends_ || !vault_.keyring.is_open()) return;
  next_look_at_ends_ = now + kBetweenWarnings;
  warn_of_ends(vault_.keyring, vault_.clock.now());
}

void Housekeeping::go_over_open_ones() {
  const auto began = SteadyClock::now();
  // A failure below sets calendar_is_new_ again; the next round then retries.
  compute_deadlines_ = std::exchange(calendar_is_new_, false);
  ClosureCensus census;
  const auto visited = visit_open_deregistrations(vault_, [&](const OpenDeregistration& one) {
    census.add(one.deregistration, vault_.clock.now());
    put_right(one);
    see_others();
    return !stopping_ && vault_.keyring.is_open();
  });
  log_if_failed("closures_not_counted", visited);
  if (visited && !stopping_) metrics_.counted(census, vault_.clock.now());
  next_round_ = SteadyClock::now() + kShare * (SteadyClock::now() - began);
}

void Housekeeping::put_right(const OpenDeregistration& one) {
  const Deregistration& open = one.deregistration;
  if (compute_deadlines_ && open.deadline_provisional) {
    const auto settled = settle_closures(vault_, one.wallet, backoff_, {});
    if (settled) {
      metrics_.settled(one.wallet, *settled);
    } else {
      calendar_is_new_ = true;
      log_if_failed("deadline_not_computed", fail(settled.error()));
    }
  }
  if (!is_stranded(open, vault_.clock.now(), longest_wait())) return;
  const auto freed = retry_closures(vault_, {"housekeeping"}, one.wallet, open.id, {});
  if (!freed) log_if_failed("closure_not_freed", fail(freed.error()));
}

Seconds Housekeeping::longest_wait() const {
  // A circuit breaker may stay open this long, and the closures it rejected are spread out after
  // that.
  Seconds longest =
      std::max({backoff_.most, kLongestRetryAfter, Seconds{2 * CircuitBreaker::kLongestRest}});
  for (const Channel channel : values_of(kChannelNames)) {
    const ChannelProfile* profile = vault_.channels.find(channel);
    if (profile != nullptr) longest = std::max(longest, profile->acknowledge_within);
  }
  return std::max(longest, WorkerOptions{}.lease) + Seconds{60};
}

}  // namespace cardvault::api
