#include "base/stoppable_wait.h"

#include <condition_variable>
#include <mutex>

namespace cardvault {

void wait_unless_stopped(std::chrono::nanoseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  (void)stopped.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace cardvault
