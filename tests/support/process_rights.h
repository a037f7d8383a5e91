#pragma once

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdint>
#include <string>

namespace cardvault::test {

/// True if this process may read the memory of a process that forbids it, as the server does. Root
/// may if it has CAP_SYS_PTRACE, which containers remove. It is tested on a child process.
[[nodiscard]] inline bool may_read_hidden_memory() {
  std::array<int, 2> ready{};
  REQUIRE(::pipe2(ready.data(), O_CLOEXEC) == 0);
  const std::uint64_t here = 0x5ca1ab1e;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)!::write(ready[1], "r", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  const bool hidden = ::read(ready[0], &byte, 1) == 1;
  const std::string name = "/proc/" + std::to_string(child) + "/mem";
  const int memory = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  std::uint64_t seen = 0;
  const auto at = static_cast<off_t>(std::bit_cast<std::uintptr_t>(&here));
  const bool read = memory >= 0 && ::pread(memory, &seen, sizeof seen, at) == sizeof seen;
  ::close(memory);
  ::close(ready[0]);
  ::close(ready[1]);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  return hidden && read && seen == here;
}

}  // namespace cardvault::test
