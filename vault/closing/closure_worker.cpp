#include "vault/closing/closure_worker.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace cardvault {
namespace {

// If the store is full or unreachable, try again once per second, not at every poll.
constexpr std::chrono::seconds kAfterStoreFailure{1};

void log_failed(std::string_view event, const WalletId& wallet, const Error& error) {
  log::write(log::Level::error, event,
             {{"wallet", wallet.text()},
              {"code", error.code.name},
              {"inside", std::string_view(error.inside.text)}});
}

}  // namespace

ClosureWorker::ClosureWorker(const ClosingVault& vault, ChannelGateway& gateway,
                             ClosureObserver& observer, WorkerOptions options)
    : vault_(vault), gateway_(gateway), observer_(observer), options_(options) {
  for (std::size_t i = 0; i < executors_.size(); ++i) {
    const ChannelProfile* profile = vault.channels.find(static_cast<Channel>(i));
    if (profile != nullptr) executors_[i] = std::make_unique<Executor>(profile->max_concurrency);
  }
  thread_ = std::thread([this] { run(); });
}

ClosureWorker::~ClosureWorker() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  stop_asked_.notify_all();
  thread_.join();
  for (auto& executor : executors_) {
    if (executor) executor->lane.close();
  }
  for (auto& executor : executors_) {
    if (executor) executor->lane.stop();
  }
  completions_.stop();
}

void ClosureWorker::run() {
  while (!stopping_) {
    const auto wait = claim_and_send();
    std::unique_lock lock(mutex_);
    stop_asked_.wait_for(lock, wait, [&] { return stopping_.load(); });
  }
}

std::chrono::nanoseconds ClosureWorker::claim_and_send() {
  if (!vault_.keyring.is_open()) return options_.poll;
  const auto began = std::chrono::steady_clock::now();
  const Time now = vault_.clock.now();
  const auto claimed = vault_.store.claim_due(now, options_.lease, options_.batch);
  if (!claimed) {
    log::write(log::Level::warning, "claim_failed",
               {{"inside", std::string_view(claimed.error().inside.text)}});
    return std::max<std::chrono::nanoseconds>(options_.poll, kAfterStoreFailure);
  }
  std::size_t calls = 0;
  for (const WalletId& wallet : *claimed) calls += send(wallet, now + options_.lease);
  if (claimed->size() < options_.batch) return options_.poll;
  const std::chrono::nanoseconds share = std::chrono::seconds{calls};
  return share / options_.calls_per_second - (std::chrono::steady_clock::now() - began);
}

std::size_t ClosureWorker::send(const WalletId& wallet, Time claimed_until) {
  auto begun = begin_tries(vault_, wallet, claimed_until);
  if (!begun) {
    log_failed("closures_not_begun", wallet, begun.error());
    return 0;
  }
  observer_.settled(wallet, begun->settled);
  const auto in_flight = std::make_shared<InFlight>();
  in_flight->wallet = wallet;
  in_flight->claimed_until = claimed_until;
  for (DueClosure& one : begun->due) dispatch(in_flight, std::move(one));
  return begun->due.size();
}

void ClosureWorker::run_completion(const Lane::Job& job) {
  if (!completions_.offer(job) && !stopping_) job();
}

void ClosureWorker::dispatch(const SharedInFlight& in_flight, DueClosure due) {
  const ClosureKey key = due.key;
  const ChannelProfile* profile = vault_.channels.find(key.channel);
  const auto& executor = executors_[static_cast<std::size_t>(key.channel)];
  const auto turn_back = [&](CloseFailure why) {
    run_completion([this, in_flight, key, why] {
      collect(in_flight, {.key = key, .reply = {.failure = why}});
    });
  };
  if (profile == nullptr || !executor) return turn_back(CloseFailure::not_configured);
  const auto job = [this, in_flight, due = std::move(due), profile] {
    call(in_flight, due, *profile);
  };
  if (!executor->lane.offer(job) && !stopping_) turn_back(CloseFailure::busy);
}

void ClosureWorker::call(const SharedInFlight& in_flight, const DueClosure& due,
                         const ChannelProfile& profile) {
  Executor& executor = *executors_[static_cast<std::size_t>(profile.channel)];
  TriedClosure tried{.key = due.key, .sent_at = vault_.clock.now()};
  const Time now = tried.sent_at;
  // The job waited too long. The lease could expire before the call ends, and then another worker
  // could make the same call. So skip it: the closure becomes due again when the lease expires.
  if (stopping_ || now + profile.timeout > in_flight->claimed_until) return;
  if (!executor.breaker.allows(now)) {
    tried.reply.failure = CloseFailure::circuit_open;
    tried.again_after = executor.breaker.retry_at();
  } else {
    CloseMessage message = due.message;
    message.sent_at = now;
    tried.reply = gateway_.close(profile, message);
    if (tried.reply.failure == CloseFailure::none) {
      executor.breaker.succeeded();
    } else {
      executor.breaker.failed(vault_.clock.now());
    }
  }
  collect(in_flight, std::move(tried));
}

// Only one thread settles the attempts of a wallet at a time. While its commit runs, other threads
// only add their results to `tried`, and this thread then settles them in its next commit. So the
// attempts of one wallet do not compete with each other for the wallet's version.
void ClosureWorker::collect(const SharedInFlight& in_flight, TriedClosure tried) {
  observer_.tried(tried.key.channel, tried.reply.failure);
  std::unique_lock lock(in_flight->mutex);
  in_flight->tried.push_back(std::move(tried));
  if (in_flight->settling) return;
  in_flight->settling = true;
  while (!in_flight->tried.empty()) {
    const auto batch = std::exchange(in_flight->tried, {});
    lock.unlock();
    settle(*in_flight, batch);
    lock.lock();
  }
  in_flight->settling = false;
}

void ClosureWorker::settle(const InFlight& in_flight, const std::vector<TriedClosure>& tried) {
  const auto settled = settle_closures(vault_, in_flight.wallet, options_.backoff, tried);
  if (settled) {
    observer_.settled(in_flight.wallet, *settled);
  } else {
    log_failed("closures_not_settled", in_flight.wallet, settled.error());
  }
}

}  // namespace cardvault
