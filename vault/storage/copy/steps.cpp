#include "vault/storage/copy/steps.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace cardvault {

Status run_steps(std::size_t workers, const std::function<Result<bool>()>& step) {
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::optional<Error> first;
  const auto work = [&] {
    while (!failed) {
      auto stepped = step();
      if (stepped && *stepped) continue;
      if (stepped) return;
      const std::lock_guard lock(mutex);
      if (!failed.exchange(true)) first = std::move(stepped.error());
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < workers; ++i) threads.emplace_back(work);
    work();
  }
  if (first) return fail(std::move(*first));
  return {};
}

}  // namespace cardvault
