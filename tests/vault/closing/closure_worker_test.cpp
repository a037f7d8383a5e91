#include "vault/closing/closure_worker.h"

#include <algorithm>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <map>
#include <thread>
#include <tuple>

#include "tests/support/temp_directory.h"
#include "tests/vault/vault_fixture.h"
#include "vault/closing/wallet_closures.h"
#include "vault/storage/sqlite/sqlite_store.h"

namespace cardvault::test {
namespace {

/// A generous bound for the expected event. Nothing waits that long unless it fails.
constexpr std::chrono::seconds kSoon{60};

bool happens(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + kSoon;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

/// All channels with the answers of the test. Records the messages of each.
class FakeChannels final : public ChannelGateway {
 public:
  std::function<CloseReply(Channel)> answer = [](Channel) { return CloseReply{}; };

  CloseReply close(const ChannelProfile& channel, const CloseMessage& message) override {
    {
      const std::scoped_lock lock(mutex_);
      ++times_[message.id];
      ++calls_;
    }
    return answer(channel.channel);
  }
  [[nodiscard]] std::map<std::string, int> times() const {
    const std::scoped_lock lock(mutex_);
    return times_;
  }
  [[nodiscard]] int calls() const {
    const std::scoped_lock lock(mutex_);
    return calls_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int> times_;
  int calls_ = 0;
};

class CountingObserver final : public ClosureObserver {
 public:
  void tried(Channel, CloseFailure failure) override {
    ++tries;
    if (failure == CloseFailure::circuit_open) ++kept_away;
  }
  void settled(const WalletId&, const Settled& what) override {
    closed += static_cast<int>(what.closed.size());
    overdue += static_cast<int>(what.became_overdue.size());
  }
  std::atomic<int> tries{0};
  std::atomic<int> kept_away{0};
  std::atomic<int> closed{0};
  std::atomic<int> overdue{0};
};

struct InMemory {
  std::unique_ptr<WalletStore> make() { return make_memory_store(); }
};
struct InSqlite {
  TempDirectory directory;
  std::unique_ptr<WalletStore> make() { return open_sqlite_store(directory.path()).value(); }
};
using Stores = std::tuple<InMemory, InSqlite>;

constexpr std::array kThree{Channel::wechat_pay, Channel::alipay, Channel::wearable};

struct Ended {
  WalletId wallet;
  DeregistrationId ending;
};

struct WorkerFixture : VaultFixture {
  using VaultFixture::VaultFixture;

  FakeChannels gateway;
  CountingObserver observer;
  WorkerOptions options{.backoff = {.least = Seconds{5}, .most = Seconds{40}},
                        .poll = std::chrono::milliseconds{2}};

  [[nodiscard]] std::unique_ptr<ClosureWorker> work() {
    return std::make_unique<ClosureWorker>(vault, gateway, observer, options);
  }
  std::vector<Ended> end_cards(int count) {
    std::vector<Ended> all;
    for (int n = 0; n < count; ++n) {
      const WalletId id = make_wallet("user-" + std::to_string(n));
      const CardId card = make_card(id, kCmbDebit, ChannelSet{kThree[0], kThree[1], kThree[2]});
      all.push_back({id, ended(id, card).id});
    }
    return all;
  }
  [[nodiscard]] Closure closure(const Ended& one, Channel channel) {
    return *deregistration(one.wallet, one.ending).find_closure(channel);
  }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("worker: every channel is told once and closed with a receipt", "",
                        Stores) {
  TestType kind;
  WorkerFixture fixture(kind.make());
  const auto all = fixture.end_cards(10);
  const auto worker = fixture.work();
  REQUIRE(happens([&] { return fixture.observer.closed == 30; }));
  for (const Ended& one : all) {
    CHECK(fixture.deregistration(one.wallet, one.ending).receipt.has_value());
  }
  CHECK(fixture.gateway.calls() == 30);
  for (const auto& [id, times] : fixture.gateway.times()) CHECK(times == 1);
}

TEMPLATE_LIST_TEST_CASE("worker: four workers on one store tell no channel twice", "", Stores) {
  TestType kind;
  WorkerFixture fixture(kind.make());
  fixture.options.batch = 3;
  (void)fixture.end_cards(40);
  std::vector<std::unique_ptr<ClosureWorker>> workers;
  for (int n = 0; n < 4; ++n) workers.push_back(fixture.work());
  REQUIRE(happens([&] { return fixture.observer.closed == 120; }));
  workers.clear();
  CHECK(fixture.gateway.calls() == 120);
}

TEMPLATE_LIST_TEST_CASE("worker: a dead channel delays no other and recovers", "", Stores) {
  TestType kind;
  WorkerFixture fixture(kind.make());
  std::atomic<bool> dead{true};
  fixture.gateway.answer = [&](Channel channel) {
    const bool fails = channel == Channel::alipay && dead;
    return CloseReply{.failure = fails ? CloseFailure::connect_failed : CloseFailure::none};
  };
  const auto all = fixture.end_cards(30);
  const auto worker = fixture.work();
  REQUIRE(happens([&] { return fixture.observer.closed == 60; }));
  for (const Ended& one : all) {
    CHECK(fixture.closure(one, Channel::alipay).is_open());
    CHECK_FALSE(fixture.closure(one, Channel::wechat_pay).is_open());
  }
  CHECK(happens([&] { return fixture.observer.tries >= 90; }));
  CHECK(fixture.observer.kept_away > 0);
  dead = false;
  CHECK(happens([&] {
    fixture.clock.advance(Seconds{20});
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    return fixture.observer.closed == 90;
  }));
}

TEMPLATE_LIST_TEST_CASE(
    "worker: after a kill between answer and commit the call is repeated under the same id", "",
    Stores) {
  TestType kind;
  WorkerFixture fixture(kind.make());
  const auto all = fixture.end_cards(1);
  {
    // As if the process had died: its later commits fail.
    fixture.store.reset();
    fixture.store.before_commit = [](const Commit&, int n) -> std::optional<Result<CommitOutcome>> {
      if (n == 1) return std::nullopt;
      return Result<CommitOutcome>(HookedStore::unavailable());
    };
    const auto first = fixture.work();
    REQUIRE(happens([&] { return fixture.gateway.calls() == 3; }));
  }
  fixture.store.reset();
  CHECK(fixture.closure(all[0], Channel::alipay).attempts == 0);
  const auto second = fixture.work();
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  CHECK(fixture.gateway.calls() == 3);
  fixture.clock.advance(fixture.options.lease);
  REQUIRE(happens([&] { return fixture.observer.closed == 3; }));
  CHECK(fixture.gateway.times().size() == 3);
  for (const auto& [id, times] : fixture.gateway.times()) CHECK(times == 2);
}

TEST_CASE("worker: a slow channel delays only itself and other results are committed at once") {
  WorkerFixture fixture;
  std::atomic<bool> released{false};
  fixture.gateway.answer = [&](Channel channel) {
    while (channel == Channel::alipay && !released) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return CloseReply{};
  };
  const auto all = fixture.end_cards(20);
  const auto worker = fixture.work();
  REQUIRE(happens([&] { return fixture.observer.closed == 40; }));
  for (const Ended& one : all) {
    CHECK_FALSE(fixture.closure(one, Channel::wearable).is_open());
    CHECK(fixture.closure(one, Channel::alipay).is_open());
  }
  released = true;
  REQUIRE(happens([&] { return fixture.observer.closed == 60; }));
  CHECK(fixture.gateway.calls() == 60);
}

TEST_CASE("worker: a channel removed from the configuration stays open and becomes overdue") {
  WorkerFixture fixture;
  const auto all = fixture.end_cards(1);
  const auto two = ChannelDirectory::parse(R"({"channels":[
    {"name":"wechat_pay","close_url":"https://channel.test/w"},
    {"name":"wearable","close_url":"https://channel.test/v"}]})");
  REQUIRE(code_of(two) == "ok");
  const WholeVault vault(
      {fixture.store, fixture.keyring, fixture.sealer, fixture.clock, fixture.random}, *two,
      *fixture.deadlines, fixture.banks, fixture.gate);
  const ClosureWorker worker(vault, fixture.gateway, fixture.observer, fixture.options);
  REQUIRE(happens([&] { return fixture.observer.closed == 2 && fixture.observer.tries >= 3; }));
  REQUIRE(happens([&] {
    return fixture.closure(all[0], Channel::alipay).last_failure == CloseFailure::not_configured;
  }));
  CHECK(fixture.closure(all[0], Channel::alipay).attempts == 0);
  fixture.clock.advance(std::chrono::hours{24 * 30});
  CHECK(happens([&] { return fixture.observer.overdue == 1; }));
}

TEST_CASE("worker: a clock set back neither repeats nor loses a call") {
  WorkerFixture fixture;
  std::atomic<bool> down{true};
  fixture.gateway.answer = [&](Channel channel) {
    const bool fails = channel == Channel::alipay && down;
    return CloseReply{.failure = fails ? CloseFailure::timeout : CloseFailure::none};
  };
  const auto all = fixture.end_cards(1);
  const auto worker = fixture.work();
  REQUIRE(happens([&] { return fixture.observer.closed == 2 && fixture.observer.tries == 3; }));
  fixture.clock.advance(-std::chrono::hours{1});
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  CHECK(fixture.gateway.calls() == 3);
  down = false;
  fixture.clock.advance(std::chrono::hours{1} + std::chrono::minutes{1});
  REQUIRE(happens([&] { return fixture.observer.closed == 3; }));
  CHECK(fixture.gateway.calls() == 4);
}

TEST_CASE("worker: other changes of the wallet during calls repeat no call") {
  WorkerFixture fixture;
  std::atomic<bool> released{false};
  fixture.gateway.answer = [&](Channel) {
    while (!released) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return CloseReply{};
  };
  const auto all = fixture.end_cards(1);
  const auto worker = fixture.work();
  const auto another = fixture.work();
  REQUIRE(happens([&] { return fixture.gateway.calls() == 3; }));
  for (int n = 0; n < 5; ++n) {
    (void)fixture.make_device(all[0].wallet, "phone-" + std::to_string(n));
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  const CardId second = fixture.make_card(all[0].wallet, kVisa, ChannelSet{Channel::wechat_pay});
  (void)fixture.ended(all[0].wallet, second);
  released = true;
  REQUIRE(happens([&] { return fixture.observer.closed == 4; }));
  CHECK(fixture.gateway.calls() == 4);
}

TEST_CASE("worker: binding the number again while its old card is closing makes a new card") {
  WorkerFixture fixture;
  std::atomic<bool> released{false};
  fixture.gateway.answer = [&](Channel) {
    while (!released) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return CloseReply{};
  };
  const auto all = fixture.end_cards(1);
  const auto worker = fixture.work();
  REQUIRE(happens([&] { return fixture.gateway.calls() == 3; }));
  const CardId anew = fixture.make_card(all[0].wallet, kCmbDebit, ChannelSet{Channel::alipay});
  released = true;
  REQUIRE(happens([&] { return fixture.observer.closed == 3; }));
  const Wallet wallet = fixture.wallet(all[0].wallet);
  REQUIRE(wallet.cards.size() == 1);
  CHECK(wallet.cards.front().id == anew);
  CHECK(wallet.cards.front().channels == ChannelSet{Channel::alipay});
  CHECK(find_deregistration(wallet, all[0].ending)->is_closed());
}

TEST_CASE("worker: a stop during calls starts no other call and loses none") {
  WorkerFixture fixture;
  std::atomic<bool> released{false};
  fixture.gateway.answer = [&](Channel) {
    while (!released) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return CloseReply{};
  };
  (void)fixture.end_cards(30);
  auto worker = fixture.work();
  REQUIRE(happens([&] { return fixture.gateway.calls() == 12; }));
  std::thread stopper([&] { worker.reset(); });
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  released = true;
  stopper.join();
  CHECK(fixture.gateway.calls() == 12);
  fixture.clock.advance(fixture.options.lease);
  worker = fixture.work();
  REQUIRE(happens([&] { return fixture.observer.closed == 90; }));
  CHECK(fixture.gateway.calls() == 90);
}

TEST_CASE("lane: as many jobs run at once as the lane has threads") {
  std::atomic<int> running{0};
  std::atomic<bool> released{false};
  Lane lane(4);
  REQUIRE(lane.offer([] {}));
  std::this_thread::sleep_for(std::chrono::milliseconds{10});
  for (int n = 0; n < 4; ++n) {
    REQUIRE(lane.offer([&] {
      ++running;
      while (!released) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }));
  }
  CHECK(happens([&] { return running == 4; }));
  released = true;
}

TEST_CASE("lane: a full lane refuses jobs and a stop drops the waiting ones") {
  std::atomic<bool> released{false};
  std::atomic<int> done{0};
  Lane lane(1);
  const auto job = [&] {
    while (!released) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    ++done;
  };
  std::size_t taken = 0;
  while (lane.offer(job)) ++taken;
  CHECK(taken >= Lane::kCapacity);
  CHECK(taken <= Lane::kCapacity + 1);
  CHECK_FALSE(lane.offer(job));
  std::thread stopper([&] { lane.stop(); });
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  released = true;
  stopper.join();
  CHECK(done <= 2);
}

}  // namespace cardvault::test
