#include "vault/delivery/lane.h"

#include <utility>

namespace cardvault {
namespace {

// Long compared with a call that works, short compared with everything that waits for the caller.
constexpr std::chrono::milliseconds kPatience{100};

}  // namespace

bool Lane::offer(Job job) {
  if (pool_.waiting() < kCapacity / 2) stuck_ = false;
  const bool taken = pool_.offer(std::move(job), stuck_ ? std::chrono::milliseconds(0) : kPatience);
  if (!taken) stuck_ = true;
  return taken;
}

void Lane::stop() {
  pool_.drop();
  pool_.shutdown();
}

}  // namespace cardvault
