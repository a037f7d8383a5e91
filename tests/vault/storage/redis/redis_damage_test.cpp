#include <catch2/catch_test_macros.hpp>

#include "tests/vault/storage/redis/redis_fixture.h"
#include "vault/storage/error_codes.h"
#include "vault/storage/redis/wallet_value.h"

namespace cardvault::test {
namespace {

/// A wallet with audit rows and two PAN records, and direct access to its server.
struct Damaged {
  RedisServer server;
  std::unique_ptr<WalletStore> store = open_redis(redis_options(server.url()));

  explicit Damaged(std::uint64_t rows) {
    auto change = plain_commit(1, 0);
    for (std::uint64_t seq = 1; seq <= rows; ++seq) change.audit.push_back(audit_row(seq));
    change.put_pans = {{card_id(1), record(1)}, {card_id(2), record(2)}};
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  }
  [[nodiscard]] std::string field(const std::string& name) const {
    return server.command({"HGET", wallet_key(wallet_id(1)), name}).text;
  }
  void set(const std::string& name, const std::string& value) const {
    server.command({"HSET", wallet_key(wallet_id(1)), name, value});
  }
  [[nodiscard]] WalletSnapshot snapshot() const {
    return must(store->load_snapshot(wallet_id(1), {.pans = true, .audit_limit = 100})).value();
  }
};

Commit next(std::uint64_t seq) {
  auto change = plain_commit(1, 1);
  change.audit = {audit_row(seq)};
  return change;
}

}  // namespace

TEST_CASE("redis: an audit log with a truncated or missing last entry accepts no further one") {
  for (const std::uint64_t rows : {8U, 9U, 12U}) {
    CAPTURE(rows);
    const Damaged damaged(rows);
    const std::string name = audit_field((rows - 1) / kAuditEntriesInAField);
    const std::string whole = damaged.field(name);
    const std::size_t last = audit_entry_bytes(audit_row(rows)).size();
    for (const std::size_t gone : {std::size_t{1}, last, last + 1, whole.size()}) {
      CAPTURE(gone);
      damaged.set(name, whole.substr(0, whole.size() - std::min(gone, whole.size())));
      const auto refused = damaged.store->commit(next(rows + 1));
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == StorageError::audit_log_damaged);
    }
    damaged.set(name, whole);
    CHECK(must(damaged.store->commit(next(rows + 1))) == CommitOutcome::committed);
    CHECK(damaged.snapshot().audit.size() == rows + 1);
  }
}

TEST_CASE("redis: a snapshot has the rows before and after a truncated or missing field") {
  const Damaged damaged(24);
  const std::string whole = damaged.field("a1");
  damaged.set("a1", whole.substr(0, whole.size() - 1));
  CHECK(damaged.snapshot().audit.size() == 23);
  CHECK(damaged.snapshot().audit.back().seq == 24);
  damaged.server.command({"HDEL", wallet_key(wallet_id(1)), "a1"});
  CHECK(damaged.snapshot().audit.size() == 16);
  CHECK(damaged.snapshot().audit.back().seq == 24);
}

TEST_CASE("redis: a truncated PAN record leaves the others readable and commits possible") {
  const Damaged damaged(3);
  const std::string whole = damaged.field("p");
  const std::string first =
      whole.substr(0, 16) == std::string(as_text(card_id(1).bits().bytes))
          ? whole
          : pan_entry_bytes(card_id(1), record(1)) + pan_entry_bytes(card_id(2), record(2));
  damaged.set("p", first.substr(0, first.size() - 1));
  CHECK(damaged.snapshot().pans.size() == 1);
  CHECK(must(damaged.store->load_pan(wallet_id(1), card_id(1))) == record(1));
  const auto cut = damaged.store->load_pan(wallet_id(1), card_id(2));
  REQUIRE_FALSE(cut);
  CHECK(cut.error().code == ErrorCode::record_corrupt);

  auto change = next(4);
  change.put_pans = {{card_id(3), record(3)}};
  change.delete_pans = {card_id(1)};
  REQUIRE(must(damaged.store->commit(change)) == CommitOutcome::committed);
  CHECK(damaged.snapshot().wallet.version == 2);
  CHECK(damaged.snapshot().audit.size() == 4);
  CHECK(must(damaged.store->load_pan(wallet_id(1), card_id(3))) == record(3));
}

}  // namespace cardvault::test
