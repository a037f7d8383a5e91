#pragma once

#include <barrier>
#include <thread>
#include <vector>

namespace cardvault::test {

/// Runs `body(0)` to `body(count - 1)` at the same time, each in its own thread, and waits for all.
/// The body must not use Catch's assertions.
template <class Body>
void in_parallel(int count, Body body) {
  std::barrier start(count);
  std::vector<std::jthread> threads;
  for (int n = 0; n < count; ++n) {
    threads.emplace_back([&, n] {
      start.arrive_and_wait();
      body(n);
    });
  }
}

}  // namespace cardvault::test
