#include "crypto/process_hardening.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

using namespace cardvault;

namespace {

bool memory_is_closed() {
  rlimit core{.rlim_cur = 1, .rlim_max = 1};
  const bool known = getrlimit(RLIMIT_CORE, &core) == 0;
  return known && core.rlim_cur == 0 && core.rlim_max == 0 &&
         prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}

bool locks_a_byte() {
  const char byte = 0;
  if (mlock(&byte, sizeof byte) != 0) return false;
  return munlock(&byte, sizeof byte) == 0;
}

}  // namespace

TEST_CASE("process hardening: core dumps and debuggers of the same user are disabled") {
  // In a child process, because the change cannot be undone and a leak checker must attach to the
  // test.
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(forbid_memory_dumps() && memory_is_closed() ? 0 : 1);
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("process hardening: the check of lockable memory agrees with the limit") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_MEMLOCK, &before) == 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
  // CAP_IPC_LOCK overrides the limit. Root has it, but not in every container.
  const bool privileged = locks_a_byte();
  CHECK(can_lock_memory(kLockedForKeys) == privileged);
  REQUIRE(setrlimit(RLIMIT_MEMLOCK, &before) == 0);
  if (before.rlim_cur >= 2 * kLockedForKeys) CHECK(can_lock_memory(kLockedForKeys));
}
