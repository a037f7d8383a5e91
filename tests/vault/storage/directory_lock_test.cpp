#include "vault/storage/directory_lock.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/vault/storage/store_fixture.h"

namespace cardvault::test {
namespace {

bool can_lock(const std::filesystem::path& directory) {
  return must(DirectoryLock::try_acquire(directory)).has_value();
}

TEST_CASE("a data directory has one owner at a time") {
  const TemporaryDirectory directory;
  {
    const auto lock = must(DirectoryLock::try_acquire(directory.path()));
    REQUIRE(lock);
    CHECK_FALSE(can_lock(directory.path()));
    CHECK(in_child_process([&] { return !can_lock(directory.path()); }));
  }
  CHECK(can_lock(directory.path()));
}

TEST_CASE("a moved lock is still the lock") {
  const TemporaryDirectory directory;
  auto lock = must(DirectoryLock::try_acquire(directory.path()));
  REQUIRE(lock);
  {
    const DirectoryLock moved = std::move(*lock);
    CHECK_FALSE(can_lock(directory.path()));
  }
  CHECK(can_lock(directory.path()));
}

TEST_CASE("the lock is free when its owner is killed") {
  const TemporaryDirectory directory;
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const pid_t owner = ::fork();
  REQUIRE(owner >= 0);
  if (owner == 0) {
    const auto lock = DirectoryLock::try_acquire(directory.path());
    const char held = lock && *lock ? '1' : '0';
    if (::write(pipe_ends[1], &held, 1) == 1) ::pause();
    ::_exit(1);
  }
  char held = '0';
  REQUIRE(::read(pipe_ends[0], &held, 1) == 1);
  CHECK(held == '1');
  CHECK_FALSE(can_lock(directory.path()));
  REQUIRE(::kill(owner, SIGKILL) == 0);
  REQUIRE(::waitpid(owner, nullptr, 0) == owner);
  CHECK(can_lock(directory.path()));
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST_CASE("the lock file has mode 0600 and is closed on exec") {
  const TemporaryDirectory directory;
  const auto lock = must(DirectoryLock::try_acquire(directory.path()));
  REQUIRE(lock);
  CHECK(std::filesystem::status(directory.path() / "lock").permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(entry.path(), gone) != directory.path() / "lock") continue;
    const int fd = std::stoi(entry.path().filename().string());
    CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  }
}

TEST_CASE("a missing data directory cannot be locked") {
  const TemporaryDirectory directory;
  const auto lock = DirectoryLock::try_acquire(directory.path() / "absent");
  REQUIRE_FALSE(lock);
  CHECK(lock.error().code == ErrorCode::store_unavailable);
  CHECK(lock.error().retry_after);
}

}  // namespace
}  // namespace cardvault::test
