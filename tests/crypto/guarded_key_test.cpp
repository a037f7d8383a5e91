#include "crypto/guarded_key.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>

using namespace cardvault;

namespace {

/// The signal that ends a child process which runs `act`, 0 if it exits.
template <class Act>
int signal_of(Act act) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // The handlers of the sanitizers would report the signal and exit.
    std::signal(SIGSEGV, SIG_DFL);
    std::signal(SIGBUS, SIG_DFL);
    act();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST_CASE("guarded key: the bytes are readable during use and a read after it is fatal") {
  const GuardedKey key(SecretBytes::copy_of(as_bytes("the keyring key")));
  CHECK(key.with([](ByteView bytes) { return as_text(bytes) == "the keyring key"; }));
  const std::uint8_t* address = key.with([](ByteView bytes) { return bytes.data(); });
  volatile std::uint8_t seen = 0;
  CHECK(signal_of([&] { seen = *static_cast<const volatile std::uint8_t*>(address); }) != 0);
  CHECK(signal_of([] {}) == 0);
  CHECK(key.with([](ByteView bytes) { return as_text(bytes) == "the keyring key"; }));
}
