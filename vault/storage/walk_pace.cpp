#include "vault/storage/walk_pace.h"

#include <utility>

#include "base/stoppable_wait.h"

namespace cardvault {

WalkPace::WalkPace(std::uint64_t per_second, Wait wait)
    : per_second_(per_second), wait_(wait ? std::move(wait) : Wait(wait_unless_stopped)) {}

void WalkPace::keep(std::uint64_t seen, const std::stop_token& stop) const {
  if (per_second_ == 0) return;
  const auto due = std::chrono::nanoseconds(std::chrono::seconds{1}) *
                   static_cast<std::int64_t>(seen) / static_cast<std::int64_t>(per_second_);
  const auto early = due - (SteadyClock::now() - began_);
  if (early > std::chrono::nanoseconds::zero()) wait_(early, stop);
}

}  // namespace cardvault
