#include "api/housekeeping.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"

namespace cardvault::api {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRound{1000};
constexpr int kShare = 20;

}  // namespace

Housekeeping::Housekeeping(const Vault& vault, CalendarFiles& calendars, ClosureMetrics& metrics)
    : vault_(vault), calendars_(calendars), metrics_(metrics), thread_([this] { run(); }) {}

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
    (void)calendars_.refresh();
    if (SteadyClock::now() >= next_count_) count();
    lock.lock();
    stop_asked_.wait_for(lock, kRound, [&] { return stopping_; });
  }
}

void Housekeeping::count() {
  const auto began = SteadyClock::now();
  const auto census = take_closure_census(vault_);
  if (census) {
    metrics_.counted(*census, vault_.clock.now());
  } else {
    log::write(log::Level::warning, "closures_not_counted",
               {{"inside", std::string_view(census.error().inside.text)}});
  }
  next_count_ = SteadyClock::now() + kShare * (SteadyClock::now() - began);
}

}  // namespace cardvault::api
