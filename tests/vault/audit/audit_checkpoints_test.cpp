#include "vault/audit/audit_checkpoints.h"

#include <catch2/catch_test_macros.hpp>
#include <mutex>

#include "tests/support/memory_contents.h"
#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

using Rows = std::map<std::uint64_t, AuditRow>;

/// A wallet whose log has `entries` entries.
struct LongLog {
  std::shared_ptr<MemoryContents> contents = make_memory_contents();
  VaultFixture fixture{make_memory_store(contents)};
  WalletId id = fixture.make_wallet();
  AuditCheckpoints checkpoints;

  explicit LongLog(int entries) { grow(entries - 1); }

  void grow(int entries) {
    for (int n = 0; n < entries; ++n) {
      REQUIRE(revoke_all_tokens(fixture.vault, id, fixture.actor));
    }
  }
  template <class Damage>
  void damage(Damage change) {
    const std::scoped_lock lock(contents->mutex);
    change(contents->wallets.at(id).audit);
  }
  [[nodiscard]] ChainStatus look(std::uint64_t after = 0, std::size_t limit = 1) {
    const auto page = read_audit(fixture.vault, id, after, limit).value();
    return checkpoints.status(fixture.vault, id, page).value();
  }
  [[nodiscard]] bool walk() { return checkpoints.walk_next(fixture.vault, {}); }
};

}  // namespace

TEST_CASE("audit checkpoints: a short log is checked completely with every page") {
  LongLog log(100);
  const ChainStatus first = log.look();
  CHECK(first.intact == true);
  CHECK(first.entries == 100);
  CHECK(first.checked_to == 100);
  CHECK(first.checked_at == log.fixture.clock.now());
  CHECK_FALSE(log.walk());
  log.damage([](Rows& rows) { rows[70].link[0] ^= 1U; });
  const ChainStatus damaged = log.look();
  CHECK(damaged.intact == false);
  CHECK(damaged.first_broken == 70);
  CHECK(damaged.checked_to == 69);
}

TEST_CASE("audit checkpoints: a log that grows long between two pages stays checked") {
  LongLog log(100);
  REQUIRE(log.look().intact == true);
  log.grow(100);
  const ChainStatus grown = log.look();
  CHECK(grown.intact == true);
  CHECK(grown.checked_to == 200);
}

TEST_CASE("audit checkpoints: the state of a long log is unknown until the background check") {
  LongLog log(1000);
  const ChainStatus unknown = log.look();
  CHECK_FALSE(unknown.intact.has_value());
  CHECK(unknown.entries == 1000);
  CHECK(unknown.checked_to == 128);
  CHECK(unknown.first_broken == 0);
  const Time walked_at = log.fixture.clock.now();
  CHECK(log.walk());
  CHECK_FALSE(log.walk());
  log.fixture.clock.advance(Seconds{5});
  const ChainStatus known = log.look();
  CHECK(known.intact == true);
  CHECK(known.checked_to == 1000);
  CHECK(known.checked_at == walked_at);
}

TEST_CASE("audit checkpoints: without a background check repeated pages reach the end of the log") {
  LongLog log(1000);
  for (int n = 1; n < 8; ++n) {
    const ChainStatus status = log.look();
    CHECK_FALSE(status.intact.has_value());
    CHECK(status.checked_to == 128U * static_cast<unsigned>(n));
  }
  CHECK(log.look().intact == true);
}

TEST_CASE("audit checkpoints: a page of a checked log costs two store reads") {
  LongLog log(1000);
  (void)log.look();
  REQUIRE(log.walk());
  const int loads = log.fixture.store.loads;
  CHECK(log.look(500).intact == true);
  CHECK(log.fixture.store.loads - loads == 2);
}

TEST_CASE("audit checkpoints: entries written since the check are checked with the page") {
  LongLog log(1000);
  (void)log.look();
  REQUIRE(log.walk());
  log.grow(100);
  CHECK(log.look().intact == true);
  CHECK(log.look().checked_to == 1100);
  log.grow(300);
  const ChainStatus behind = log.look();
  CHECK_FALSE(behind.intact.has_value());
  CHECK(behind.checked_to == 1228);
  REQUIRE(log.walk());
  CHECK(log.look().intact == true);
  log.grow(1);
  log.damage([](Rows& rows) { rows[1401].link[0] ^= 1U; });
  CHECK(log.look().intact == false);
  CHECK(log.look().first_broken == 1401);
}

TEST_CASE("audit checkpoints: damage to checked entries is found by the next background check") {
  LongLog log(500);
  (void)log.look();
  REQUIRE(log.walk());
  log.damage([](Rows& rows) { rows.erase(200); });
  CHECK(log.look(198, 1).intact == true);   // not on the page, and checked a moment ago
  CHECK(log.look(198, 2).intact == false);  // on the page
  CHECK(log.look(198, 2).first_broken == 200);
  log.fixture.clock.advance(AuditCheckpoints::kFresh);
  CHECK(log.look().intact == true);
  REQUIRE(log.walk());
  const ChainStatus damaged = log.look();
  CHECK(damaged.intact == false);
  CHECK(damaged.first_broken == 200);
  CHECK(damaged.checked_to == 199);
  CHECK(log.look(198, 2).first_broken == 200);
}

TEST_CASE(
    "audit checkpoints: the state of a replaced log is unknown until the next background check") {
  LongLog log(500);
  (void)log.look();
  REQUIRE(log.walk());
  log.damage([](Rows& rows) { rows[500].link[0] ^= 1U; });
  CHECK_FALSE(log.look().intact.has_value());
  REQUIRE(log.walk());
  CHECK(log.look().first_broken == 500);
  log.damage([](Rows& rows) { rows[500].link[0] ^= 1U; });
  log.grow(1);
  CHECK(log.look().intact ==
        false);  // the earlier finding; the log has another end, so another check is requested
  REQUIRE(log.walk());
  CHECK(log.look().intact == true);
}

TEST_CASE("audit checkpoints: a truncated log and a rolled-back record are found by the page") {
  LongLog log(500);
  const auto old = log.fixture.inner->load(log.id).value().value();
  log.grow(2);
  (void)log.look();
  REQUIRE(log.walk());
  {
    const std::scoped_lock lock(log.contents->mutex);
    log.contents->wallets.at(log.id).wallet = old;
  }
  CHECK(log.look().intact == false);
  CHECK(log.look().first_broken == 501);

  LongLog cut(500);
  (void)cut.look();
  REQUIRE(cut.walk());
  cut.damage([](Rows& rows) { rows.erase(500); });
  CHECK(cut.look(498, 10).first_broken == 500);
  CHECK(cut.look(498, 10).intact == false);
}

TEST_CASE("audit checkpoints: a log requested repeatedly is queued once and a stop ends the wait") {
  LongLog log(200);
  for (int n = 0; n < 5; ++n) (void)log.look();
  CHECK(log.walk());
  CHECK_FALSE(log.walk());
  std::stop_source stop;
  stop.request_stop();
  CHECK_FALSE(log.checkpoints.wait_for_work(stop.get_token()));
}

}  // namespace cardvault::test
