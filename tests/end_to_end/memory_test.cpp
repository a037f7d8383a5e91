#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <set>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/process_rights.h"

namespace cardvault::test {
namespace {

constexpr int kBinds = 1000;
constexpr int kCardsInAWallet = 50;
/// The residue that SECURITY.md allows of a thousand numbers: the last buffers of cpp-httplib and
/// of the JSON parser, one of each per connection thread.
constexpr std::size_t kMayBeLeft = 5;
/// The shadow memory of a sanitizer holds no bytes of the program and has terabytes of address
/// space.
constexpr std::uint64_t kLargestMapping = std::uint64_t{1} << 30U;

/// A test number of the Visa range with a valid check digit.
std::string test_pan(int index) {
  std::string digits = std::to_string(411'111'000'000'000LL + index);
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int digit = digits[i] - '0';
    const int doubled = i % 2 == 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits + static_cast<char>('0' + (10 - sum % 10) % 10);
}

struct Mapping {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

std::vector<Mapping> writable_mappings(pid_t process) {
  std::vector<Mapping> mappings;
  std::ifstream maps("/proc/" + std::to_string(process) + "/maps");
  for (std::string line; std::getline(maps, line);) {
    Mapping mapping;
    char rights[5] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &mapping.from, &mapping.to, rights) != 3) continue;
    const bool wanted = rights[0] == 'r' && rights[1] == 'w';
    if (wanted && mapping.to - mapping.from <= kLargestMapping) mappings.push_back(mapping);
  }
  return mappings;
}

/// The numbers that occur anywhere in the memory of the process.
std::set<std::string> found_in(pid_t process, const std::set<std::string>& numbers) {
  constexpr std::size_t kLength = 16;
  const std::string name = "/proc/" + std::to_string(process) + "/mem";
  const int memory = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(memory >= 0);
  std::set<std::string> found;
  std::string bytes;
  for (const Mapping& mapping : writable_mappings(process)) {
    bytes.resize(mapping.to - mapping.from);
    const auto read = ::pread(memory, bytes.data(), bytes.size(), static_cast<off_t>(mapping.from));
    if (read <= 0) continue;
    const std::string_view whole(bytes.data(), static_cast<std::size_t>(read));
    for (auto at = whole.find("411111"); at != std::string_view::npos;
         at = whole.find("411111", at + 1)) {
      const std::string candidate(whole.substr(at, kLength));
      if (numbers.contains(candidate)) found.insert(candidate);
    }
  }
  ::close(memory);
  return found;
}

}  // namespace

TEST_CASE("memory: after a thousand binds at most five of the numbers are in the process") {
  // The sanitizer's fake stack keeps old frames, which a real stack overwrites.
  REQUIRE(::setenv("ASAN_OPTIONS", "detect_stack_use_after_return=0", 1) == 0);
  ServedVault vault;
  std::set<std::string> numbers;
  Holder holder;
  for (int i = 0; i < kBinds; ++i) {
    if (i % kCardsInAWallet == 0) holder = vault.new_holder();
    const std::string pan = test_pan(i);
    numbers.insert(pan);
    vault.bind_card(holder, pan);
  }
  REQUIRE(numbers.size() == kBinds);
  // A number in a refused request takes other code paths.
  const std::string repeated = test_pan(kBinds - 1);
  check_problem(vault.backend().post(holder.path("/cards"), {{"pan", repeated}}), 409,
                "card_already_bound");
  if (!may_read_hidden_memory()) {
    SKIP("reading the server's memory needs root with CAP_SYS_PTRACE, which containers take away");
  }
  const auto left = found_in(vault.server().pid(), numbers);
  INFO(left.size() << " of " << numbers.size() << " numbers are in the memory");
  CHECK(left.size() <= kMayBeLeft);
}

TEST_CASE("memory: the search finds a number in its own process") {
  const std::string here = test_pan(7);
  CHECK(found_in(::getpid(), {here}).size() == 1);
}

}  // namespace cardvault::test
