#include "net/client/name_lookup.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <latch>
#include <thread>

#include "tests/support/http_peers.h"

namespace cardvault::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kSoon{20'000};

/// A name server that is silent until answer(). A look-up may outlive its test, so its state is
/// shared.
class SilentResolver {
 public:
  [[nodiscard]] Resolver resolver() const {
    return [state = state_](const std::string& host) {
      ++state->look_ups;
      state->answers.wait();
      return this_machine(host);
    };
  }
  void answer() { state_->answers.count_down(); }
  [[nodiscard]] int look_ups() const { return state_->look_ups; }

 private:
  struct State {
    std::atomic<int> look_ups = 0;
    std::latch answers{1};
  };

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

CallDeadline in(milliseconds time) {
  return steady_clock::now() + time;
}

NetFailure failure_of(const NetResult<std::vector<Address>>& found) {
  return found ? NetFailure::none : found.error();
}

TEST_CASE("name look-up: a silent name server blocks no caller past its deadline") {
  SilentResolver silent;
  NameLookup names(silent.resolver());
  NetFailure failure = NetFailure::none;
  const auto took =
      time_of([&] { failure = failure_of(names.find("channel.test", in(milliseconds(200)))); });
  CHECK(failure == NetFailure::timeout);
  CHECK(took >= milliseconds(200));
  CHECK(took < milliseconds(5000));
  silent.answer();
}

TEST_CASE("name look-up: a late result serves only the next call") {
  SilentResolver silent;
  NameLookup names(silent.resolver());
  REQUIRE(failure_of(names.find("channel.test", in(milliseconds(50)))) == NetFailure::timeout);
  silent.answer();
  const auto found = names.find("channel.test", in(kSoon));
  REQUIRE(found);
  CHECK(*found == std::vector{Address::parse("127.0.0.1").value()});
  CHECK(silent.look_ups() == 1);
  CHECK(names.find("channel.test", in(kSoon)));
  CHECK(silent.look_ups() == 2);
}

TEST_CASE(
    "name look-up: concurrent callers of a name share a look-up and do not block other names") {
  SilentResolver silent;
  const Resolver slow = silent.resolver();
  NameLookup names([slow](const std::string& host) {
    return host == "slow.test" ? slow(host) : this_machine(host);
  });
  std::atomic<int> answered = 0;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] { answered += names.find("slow.test", in(kSoon)) ? 1 : 0; });
  }
  CHECK(names.find("quick.test", in(kSoon)));
  silent.answer();
  callers.clear();
  CHECK(answered == 8);
}

TEST_CASE("name look-up: if the limit of look-ups hangs further names are refused at once") {
  SilentResolver silent;
  NameLookup names(silent.resolver());
  for (std::size_t i = 0; i < NameLookup::kMostLookUps; ++i) {
    CHECK(failure_of(names.find("h" + std::to_string(i), in({}))) == NetFailure::timeout);
  }
  CHECK(failure_of(names.find("one.more", in(kSoon))) == NetFailure::resolve_failed);
  silent.answer();
  // A result that no caller fetches stays for a minute. A fetched one makes room.
  CHECK(names.find("h0", in(kSoon)));
  CHECK(names.find("one.more", in(kSoon)));
}

TEST_CASE("name look-up: a resolver that fails, throws or finds no address is resolve_failed") {
  NameLookup none(always({}));
  CHECK(failure_of(none.find("channel.test", in(kSoon))) == NetFailure::resolve_failed);
  NameLookup failing([](const std::string&) {
    return Result<std::vector<Address>>(fail(ErrorCode::internal, "no"));
  });
  CHECK(failure_of(failing.find("channel.test", in(kSoon))) == NetFailure::resolve_failed);
  NameLookup throwing(
      [](const std::string&) -> Result<std::vector<Address>> { throw std::runtime_error("no"); });
  CHECK(failure_of(throwing.find("channel.test", in(kSoon))) == NetFailure::resolve_failed);
}

TEST_CASE("name look-up: a look-up may outlive its owner") {
  SilentResolver silent;
  {
    NameLookup names(silent.resolver());
    CHECK(failure_of(names.find("channel.test", in({}))) == NetFailure::timeout);
  }
  silent.answer();
}

}  // namespace
}  // namespace cardvault::test
