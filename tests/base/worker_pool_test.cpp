#include "base/worker_pool.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <latch>
#include <semaphore>

namespace cardvault {
namespace {

TEST_CASE("worker pool: jobs offered together all run at the same time") {
  constexpr int kJobs = 16;
  std::latch together(kJobs);
  WorkerPool pool(kJobs, 0);
  for (int i = 0; i < kJobs; ++i) REQUIRE(pool.offer([&] { together.arrive_and_wait(); }));
  pool.shutdown();
  CHECK(together.try_wait());
}

TEST_CASE("worker pool: a job over the limit is refused until another has ended") {
  std::counting_semaphore<> entered{0};
  std::counting_semaphore<> go{0};
  std::atomic<int> done = 0;
  const auto job = [&] {
    entered.release();
    go.acquire();
    ++done;
  };
  WorkerPool pool(2, 1);
  REQUIRE(pool.offer(job));
  REQUIRE(pool.offer(job));
  entered.acquire();
  entered.acquire();
  REQUIRE(pool.offer(job));
  CHECK_FALSE(pool.offer(job));
  go.release();
  entered.acquire();
  CHECK(pool.offer(job));
  go.release(3);
  pool.shutdown();
  CHECK(done == 4);
}

TEST_CASE("worker pool: a shutdown runs the accepted jobs and accepts no more") {
  std::atomic<int> done = 0;
  WorkerPool pool(1, 10);
  for (int i = 0; i < 10; ++i) REQUIRE(pool.offer([&] { ++done; }));
  pool.shutdown();
  CHECK(done == 10);
  CHECK_FALSE(pool.offer([&] { ++done; }));
}

}  // namespace
}  // namespace cardvault
