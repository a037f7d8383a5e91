#include <catch2/catch_template_test_macros.hpp>

#include "tests/vault/storage/store_fixture.h"
#include "vault/storage/error_codes.h"

namespace cardvault::test {
namespace {

std::vector<std::uint64_t> sequence_of(const std::vector<AuditRow>& rows) {
  std::vector<std::uint64_t> sequence;
  for (const auto& row : rows) sequence.push_back(row.seq);
  return sequence;
}

using Sequence = std::vector<std::uint64_t>;

TEMPLATE_LIST_TEST_CASE("audit entries are returned in order after a number up to a limit",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  for (std::uint64_t version = 0; version < 300; ++version) {
    auto change = plain_commit(1, version);
    change.audit = {audit_row(2 * version + 1), audit_row(2 * version + 2)};
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  }
  const auto read = [&](std::uint64_t after, std::size_t limit) {
    return sequence_of(must(store->read_audit(wallet_id(1), after, limit)));
  };
  CHECK(read(0, 3) == Sequence{1, 2, 3});
  CHECK(read(254, 4) == Sequence{255, 256, 257, 258});
  CHECK(read(598, 100) == Sequence{599, 600});
  CHECK(read(600, 100).empty());
  CHECK(read(0, 0).empty());
  CHECK(read(0, SIZE_MAX).size() == 600);
  CHECK(must(store->read_audit(wallet_id(2), 0, 10)).empty());
}

TEMPLATE_LIST_TEST_CASE("audit entries keep their record and link", "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  auto change = plain_commit(1, 0);
  change.audit = {audit_row(1), audit_row(2)};
  REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  const auto rows = must(store->read_audit(wallet_id(1), 0, 10));
  REQUIRE(rows.size() == 2);
  for (const auto& row : rows) {
    CHECK(row.record == audit_row(row.seq).record);
    CHECK(row.link == audit_row(row.seq).link);
  }
}

TEMPLATE_LIST_TEST_CASE("an audit entry is never written over: the whole commit fails",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  auto first = plain_commit(1, 0);
  first.audit = {audit_row(1)};
  REQUIRE(must(store->commit(first)) == CommitOutcome::committed);
  auto second = plain_commit(1, 1);
  second.put_pans = {{card_id(1), record(1)}};
  second.add_index = {{IndexKind::subject, digest(1)}};
  second.audit = {{.seq = 1, .record = record(9), .link = digest(9)}};
  const auto refused = store->commit(second);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == StorageError::audit_log_damaged);
  CHECK(must(store->load(wallet_id(1)))->version == 1);
  CHECK(must(store->load_pan(wallet_id(1), card_id(1))) == std::nullopt);
  CHECK(must(store->find({IndexKind::subject, digest(1)})).empty());
  CHECK(must(store->read_audit(wallet_id(1), 0, 10)).front().link == audit_row(1).link);
}

}  // namespace
}  // namespace cardvault::test
