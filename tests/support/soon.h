#pragma once

#include <chrono>
#include <thread>

namespace cardvault::test {

/// Looks every few milliseconds until `condition` holds; false when it still does not after a time
/// that is long for anything a test waits for. For what another process does: nothing tells when.
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
