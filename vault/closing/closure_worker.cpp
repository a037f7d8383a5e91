#include "vault/closing/closure_worker.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace cardvault {
namespace {

void log_failed(std::string_view event, const WalletId& wallet, const Error& error) {
  log::write(log::Level::error, event,
             {{"wallet", wallet.text()},
              {"code", error_code_name(error.code)},
              {"inside", std::string_view(error.inside.text)}});
}

}  // namespace

ClosureWorker::ClosureWorker(const Vault& vault, ChannelGateway& gateway, ClosureObserver& observer,
                             WorkerOptions options)
    : vault_(vault), gateway_(gateway), observer_(observer), options_(options) {
  for (std::size_t i = 0; i < roads_.size(); ++i) {
    const ChannelProfile* profile = vault.channels.find(static_cast<Channel>(i));
    if (profile != nullptr) roads_[i] = std::make_unique<Road>(profile->max_concurrency);
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
  for (auto& road : roads_) {
    if (road) road->lane.stop();
  }
  desk_.stop();
}

void ClosureWorker::run() {
  while (!stopping_) {
    if (claim_and_send()) continue;
    std::unique_lock lock(mutex_);
    stop_asked_.wait_for(lock, options_.poll, [&] { return stopping_.load(); });
  }
}

bool ClosureWorker::claim_and_send() {
  const Time now = vault_.clock.now();
  const auto claimed = vault_.store.claim_due(now, options_.lease, options_.batch);
  if (!claimed) {
    log::write(log::Level::warning, "claim_failed",
               {{"inside", std::string_view(claimed.error().inside.text)}});
    return false;
  }
  for (const WalletId& wallet : *claimed) send(wallet, now + options_.lease);
  return claimed->size() == options_.batch;
}

void ClosureWorker::send(const WalletId& wallet, Time claimed_until) {
  auto due = due_closures(vault_, wallet);
  if (!due) {
    log_failed("closures_unreadable", wallet, due.error());
    return;
  }
  const auto errand = std::make_shared<Errand>();
  errand->wallet = wallet;
  errand->claimed_until = claimed_until;
  // Nobody to tell, but a deadline has passed.
  if (due->empty()) at_the_desk([this, errand] { settle(errand, {}, {}); });
  // An earlier errand of this worker may still be at some of them.
  std::erase_if(*due, [&](const DueClosure& one) { return !begin(one.key); });
  for (const DueClosure& one : *due) errand->in_flight.push_back(one.key);
  for (DueClosure& one : *due) dispatch(errand, std::move(one));
}

void ClosureWorker::at_the_desk(const Lane::Job& job) {
  if (!desk_.offer(job) && !stopping_) job();
}

void ClosureWorker::dispatch(const SharedErrand& errand, DueClosure due) {
  const ClosureKey key = due.key;
  const ChannelProfile* profile = vault_.channels.find(key.channel);
  const auto& road = roads_[static_cast<std::size_t>(key.channel)];
  const auto turn_back = [&](CloseFailure why) {
    at_the_desk(
        [this, errand, key, why] { bring_back(errand, {.key = key, .reply = {.failure = why}}); });
  };
  if (profile == nullptr || !road) return turn_back(CloseFailure::not_configured);
  const auto job = [this, errand, due = std::move(due), profile] { call(errand, due, *profile); };
  if (!road->lane.offer(job) && !stopping_) turn_back(CloseFailure::busy);
}

void ClosureWorker::call(const SharedErrand& errand, const DueClosure& due,
                         const ChannelProfile& profile) {
  Road& road = *roads_[static_cast<std::size_t>(profile.channel)];
  TriedClosure tried{.key = due.key};
  const Time now = vault_.clock.now();
  // It waited so long that it may be another worker's by now.
  if (now >= errand->claimed_until) return end({tried});
  if (!road.breaker.allows(now)) {
    tried.reply.failure = CloseFailure::circuit_open;
    tried.again_after = road.breaker.retry_at();
  } else {
    tried.reply = gateway_.close(profile, due.message);
    if (tried.reply.failure == CloseFailure::none) {
      road.breaker.succeeded();
    } else {
      road.breaker.failed(vault_.clock.now());
    }
  }
  bring_back(errand, std::move(tried));
}

void ClosureWorker::bring_back(const SharedErrand& errand, TriedClosure tried) {
  observer_.tried(tried.key.channel, tried.reply.failure);
  std::unique_lock lock(errand->mutex);
  std::erase(errand->in_flight, tried.key);
  errand->tried.push_back(std::move(tried));
  if (errand->settling) return;
  errand->settling = true;
  while (!errand->tried.empty()) {
    const auto batch = std::exchange(errand->tried, {});
    const auto in_flight = errand->in_flight;
    lock.unlock();
    settle(errand, batch, in_flight);
    lock.lock();
  }
  errand->settling = false;
}

void ClosureWorker::settle(const SharedErrand& errand, const std::vector<TriedClosure>& tried,
                           const std::vector<ClosureKey>& in_flight) {
  const auto settled = settle_closures(vault_, errand->wallet, options_.backoff, tried, in_flight,
                                       errand->claimed_until);
  end(tried);
  if (settled) {
    observer_.settled(errand->wallet, *settled);
  } else {
    log_failed("closures_not_settled", errand->wallet, settled.error());
  }
}

bool ClosureWorker::begin(const ClosureKey& key) {
  const std::scoped_lock lock(mutex_);
  return in_flight_.insert(key).second;
}

void ClosureWorker::end(const std::vector<TriedClosure>& tried) {
  const std::scoped_lock lock(mutex_);
  for (const TriedClosure& one : tried) in_flight_.erase(one.key);
}

}  // namespace cardvault
