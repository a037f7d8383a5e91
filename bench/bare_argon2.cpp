// bench_bare_argon2 THREADS SECONDS: prints how many password evaluations a second the processors
// reach without any other work. This is the ceiling of unlock.

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <thread>
#include <vector>

#include "crypto/password_hash.h"
#include "crypto/random.h"

namespace {

using namespace cardvault;
using SteadyClock = std::chrono::steady_clock;

std::uint32_t number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

/// Number of evaluations until `end`; 0 if one failed.
std::uint64_t evaluate_until(SteadyClock::time_point end, ByteView verifier,
                             const SecretText& secret, ByteView pepper) {
  std::uint64_t done = 0;
  while (SteadyClock::now() < end) {
    const auto right = check_verifier(verifier, secret, pepper);
    if (!right || !*right) return 0;
    ++done;
  }
  return done;
}

double evaluations_per_second(std::uint32_t threads, std::chrono::seconds duration) {
  SystemRandom random;
  const SecretText secret("0-1-2-5-8");
  const Bytes pepper(32, 7);
  const auto verifier = make_verifier(secret, pepper, PasswordCost{}, random);
  if (!verifier) return 0;
  std::atomic<std::uint64_t> done{0};
  const auto start = SteadyClock::now();
  std::vector<std::jthread> workers;
  workers.reserve(threads);
  for (std::uint32_t i = 0; i < threads; ++i) {
    workers.emplace_back(
        [&] { done += evaluate_until(start + duration, *verifier, secret, pepper); });
  }
  workers.clear();
  const std::chrono::duration<double> took = SteadyClock::now() - start;
  return static_cast<double>(done.load()) / took.count();
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint32_t threads = argc == 3 ? number(argv[1]) : 0;
  const std::uint32_t seconds = argc == 3 ? number(argv[2]) : 0;
  if (threads == 0 || seconds == 0 || !init_crypto()) {
    std::fprintf(stderr, "usage: bench_bare_argon2 THREADS SECONDS\n");
    return 2;
  }
  const double rate = evaluations_per_second(threads, std::chrono::seconds(seconds));
  std::printf("%.2f\n", rate);
  return rate > 0 ? 0 : 1;
}
