#include "vault/closing/overview.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

struct CensusFixture : VaultFixture {
  /// A wallet with one card that is being closed on one channel.
  std::pair<WalletId, DeregistrationId> end_one(const std::string& subject, Channel channel) {
    const WalletId id = make_wallet(subject);
    const CardId card = make_card(id, kVisa, ChannelSet{channel});
    return {id, ended(id, card).id};
  }
  [[nodiscard]] ClosureCensus census() {
    ClosureCensus census;
    REQUIRE(visit_open_deregistrations(vault, [&](const OpenDeregistration& one) {
      census.add(one.deregistration, clock.now());
      return true;
    }));
    return census;
  }
  [[nodiscard]] std::size_t open(Channel channel, ClosureCensus::State state) {
    return census().open[static_cast<std::size_t>(channel)][state];
  }
};

}  // namespace

TEST_CASE("census: open closures are counted by channel and state with the oldest request") {
  CensusFixture fixture;
  const Time first = fixture.clock.now();
  (void)fixture.end_one("a", Channel::alipay);
  fixture.clock.advance(Seconds{60});
  (void)fixture.end_one("b", Channel::alipay);
  const auto [wallet, ending] = fixture.end_one("c", Channel::official_account);
  const std::vector<TriedClosure> told{{.key = {wallet, ending, Channel::official_account}}};
  REQUIRE(settle_closures(fixture.vault, wallet, {}, told));
  (void)fixture.make_card(fixture.make_wallet("d"), kVisa, ChannelSet{Channel::alipay});
  CHECK(fixture.open(Channel::alipay, ClosureCensus::pending) == 2);
  CHECK(fixture.open(Channel::official_account, ClosureCensus::closing) == 1);
  CHECK(fixture.census().oldest_requested_at == first);
  CHECK(fixture.census().overdue_deregistrations == 0);
  fixture.clock.advance(std::chrono::hours{24 * 30});
  CHECK(fixture.open(Channel::alipay, ClosureCensus::overdue) == 2);
  CHECK(fixture.open(Channel::alipay, ClosureCensus::pending) == 0);
  CHECK(fixture.census().overdue_deregistrations == 3);
}

TEST_CASE("census: closed closures and an empty vault are not counted") {
  CensusFixture fixture;
  CHECK_FALSE(fixture.census().oldest_requested_at.has_value());
  const auto [wallet, ending] = fixture.end_one("a", Channel::alipay);
  const std::vector<TriedClosure> told{{.key = {wallet, ending, Channel::alipay}}};
  REQUIRE(settle_closures(fixture.vault, wallet, {}, told));
  CHECK(fixture.open(Channel::alipay, ClosureCensus::pending) == 0);
  CHECK_FALSE(fixture.census().oldest_requested_at.has_value());
}

TEST_CASE("census: a visit ends when the visitor returns false") {
  CensusFixture fixture;
  for (int n = 0; n < 5; ++n) {
    (void)fixture.end_one("user-" + std::to_string(n), Channel::alipay);
  }
  int seen = 0;
  REQUIRE(visit_open_deregistrations(fixture.vault,
                                     [&](const OpenDeregistration&) { return ++seen < 2; }));
  CHECK(seen == 2);
}

TEST_CASE("census: only an attempt delayed by a clock that was ahead is stranded") {
  CensusFixture fixture;
  const auto [wallet, ending] = fixture.end_one("a", Channel::alipay);
  fixture.clock.advance(std::chrono::hours{24 * 300});
  const std::vector<TriedClosure> failed{
      {.key = {wallet, ending, Channel::alipay}, .reply = {.failure = CloseFailure::timeout}}};
  REQUIRE(settle_closures(fixture.vault, wallet, {}, failed));
  const Deregistration one = fixture.deregistration(wallet, ending);
  CHECK_FALSE(is_stranded(one, fixture.clock.now(), Seconds{60}));
  fixture.clock.advance(-std::chrono::hours{24 * 300});
  CHECK(is_stranded(one, fixture.clock.now(), Seconds{3600}));
}

TEST_CASE("census: pages list every open deregistration once") {
  CensusFixture fixture;
  std::set<WalletId> expected;
  for (int n = 0; n < 7; ++n) {
    expected.insert(fixture.end_one("user-" + std::to_string(n), Channel::alipay).first);
  }
  std::set<WalletId> seen;
  std::optional<WalletId> after = WalletId();
  while (after) {
    const auto page = list_open_deregistrations(fixture.vault, *after, 3);
    REQUIRE(code_of(page) == "ok");
    for (const OpenDeregistration& one : page->data) CHECK(seen.insert(one.wallet).second);
    after = page->next;
  }
  CHECK(seen == expected);
}

}  // namespace cardvault::test
