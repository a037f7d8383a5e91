#pragma once

#include <chrono>
#include <thread>

namespace cardvault::test {

/// Checks every few milliseconds until `condition` holds. Returns false if it does not hold within
/// `long_time`. Use it to wait for another process, which sends no notification.
template <class Condition>
[[nodiscard]] bool soon(Condition condition,
                        std::chrono::seconds long_time = std::chrono::seconds{30}) {
  const auto end = std::chrono::steady_clock::now() + long_time;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

}  // namespace cardvault::test
