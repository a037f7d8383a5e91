#include <catch2/catch_template_test_macros.hpp>

#include "tests/vault/storage/store_fixture.h"

namespace cardvault::test {
namespace {

const IndexKey kSubject{IndexKind::subject, digest(1)};
const IndexKey kCreation{IndexKind::creation_key, digest(1)};
const IndexKey kFingerprint{IndexKind::pan_fingerprint, digest(1)};

TEMPLATE_LIST_TEST_CASE("an unknown wallet is nullopt and not an error", "[conformance]",
                        Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  CHECK(must(store->load(wallet_id(1))) == std::nullopt);
  CHECK(must(store->load_pan(wallet_id(1), card_id(1))) == std::nullopt);
  CHECK(must(store->find(kSubject)).empty());
  CHECK(must(store->read_audit(wallet_id(1), 0, 10)).empty());
  CHECK(must(store->load_vault_record(VaultRecord::keyring)) == std::nullopt);
  CHECK(store->health());
}

TEMPLATE_LIST_TEST_CASE("versions start at 1 and rise by 1 with every commit", "[conformance]",
                        Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  for (std::uint64_t version = 0; version < 5; ++version) {
    const auto change = plain_commit(1, version);
    CHECK(must(store->commit(change)) == CommitOutcome::committed);
    const auto loaded = must(store->load(wallet_id(1)));
    REQUIRE(loaded);
    CHECK(loaded->version == version + 1);
    CHECK(loaded->record == change.record);
  }
}

TEMPLATE_LIST_TEST_CASE("creating an existing wallet is a conflict", "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  REQUIRE(must(store->commit(plain_commit(1, 0))) == CommitOutcome::committed);
  CHECK(must(store->commit(plain_commit(1, 0))) == CommitOutcome::conflict);
}

TEMPLATE_LIST_TEST_CASE("a commit on another version than the stored one is a conflict",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  CHECK(must(store->commit(plain_commit(1, 1))) == CommitOutcome::conflict);
  REQUIRE(must(store->commit(plain_commit(1, 0))) == CommitOutcome::committed);
  REQUIRE(must(store->commit(plain_commit(1, 1))) == CommitOutcome::committed);
  CHECK(must(store->commit(plain_commit(1, 1))) == CommitOutcome::conflict);
  CHECK(must(store->commit(plain_commit(1, 3))) == CommitOutcome::conflict);
  CHECK(must(store->commit(plain_commit(1, UINT64_MAX))) == CommitOutcome::conflict);
  CHECK(must(store->load(wallet_id(1)))->version == 2);
}

/// A commit that changes every part of a wallet.
Commit full_commit(std::uint32_t n, std::uint64_t expected_version) {
  auto change = plain_commit(n, expected_version);
  const auto next = static_cast<std::uint32_t>(expected_version) + 1;
  change.put_pans = {{card_id(next), record(next)}, {card_id(77), record(700 + next)}};
  change.delete_pans = {card_id(next - 1)};
  change.audit = {audit_row(next)};
  change.add_index = {{IndexKind::subject, digest(10 + next)}};
  change.remove_index = {{IndexKind::subject, digest(10 + next - 1)}};
  change.due = at_second(next);
  return change;
}

void check_only_first_commit_is_there(WalletStore& store, const Commit& first) {
  const auto loaded = must(store.load(first.wallet));
  REQUIRE(loaded);
  CHECK(loaded->version == 1);
  CHECK(loaded->record == first.record);
  CHECK(must(store.load_pan(first.wallet, card_id(1))) == first.put_pans[0].second);
  CHECK(must(store.load_pan(first.wallet, card_id(2))) == std::nullopt);
  CHECK(must(store.load_pan(first.wallet, card_id(77))) == first.put_pans[1].second);
  CHECK(must(store.read_audit(first.wallet, 0, 10)).size() == 1);
  CHECK(must(store.find({IndexKind::subject, digest(11)})) == std::vector{first.wallet});
  CHECK(must(store.find({IndexKind::subject, digest(12)})).empty());
  CHECK(must(store.claim_due(at_second(1), Seconds(9), 10)) == std::vector{first.wallet});
}

TEMPLATE_LIST_TEST_CASE("a conflict changes nothing: record, PANs, audit, index and due time stay",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  const auto first = full_commit(1, 0);
  REQUIRE(must(store->commit(first)) == CommitOutcome::committed);
  auto late = full_commit(1, 1);
  late.expected_version = 5;
  CHECK(must(store->commit(late)) == CommitOutcome::conflict);
  check_only_first_commit_is_there(*store, first);
}

TEMPLATE_LIST_TEST_CASE(
    "a taken index value changes nothing: record, PANs, audit, index and due time stay",
    "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  const auto first = full_commit(1, 0);
  REQUIRE(must(store->commit(first)) == CommitOutcome::committed);
  auto holder = plain_commit(2, 0);
  holder.add_index = {kSubject};
  REQUIRE(must(store->commit(holder)) == CommitOutcome::committed);
  auto second = full_commit(1, 1);
  second.add_index.push_back(kSubject);
  CHECK(must(store->commit(second)) == CommitOutcome::index_taken);
  CHECK(must(store->find(kSubject)) == std::vector{wallet_id(2)});
  check_only_first_commit_is_there(*store, first);
}

TEMPLATE_LIST_TEST_CASE("a unique index value belongs to one wallet until it is removed",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  for (const auto& key : {kSubject, kCreation}) {
    const std::uint32_t base = 10 * static_cast<std::uint32_t>(key.kind);
    auto first = plain_commit(base, 0);
    first.add_index = {key};
    REQUIRE(must(store->commit(first)) == CommitOutcome::committed);
    auto second = plain_commit(base + 1, 0);
    second.add_index = {key};
    CHECK(must(store->commit(second)) == CommitOutcome::index_taken);
    CHECK(must(store->load(second.wallet)) == std::nullopt);

    auto again = plain_commit(base, 1);
    again.add_index = {key};
    CHECK(must(store->commit(again)) == CommitOutcome::committed);
    auto removal = plain_commit(base, 2);
    removal.remove_index = {key};
    CHECK(must(store->commit(removal)) == CommitOutcome::committed);
    CHECK(must(store->find(key)).empty());
    CHECK(must(store->commit(second)) == CommitOutcome::committed);
    CHECK(must(store->find(key)) == std::vector{second.wallet});
  }
}

TEMPLATE_LIST_TEST_CASE("many wallets may have one fingerprint and are found in order of their ids",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  for (const std::uint32_t n : {300U, 2U, 40000U, 1U}) {
    auto change = plain_commit(n, 0);
    change.add_index = {kFingerprint, kFingerprint};
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  }
  CHECK(must(store->find(kFingerprint)) ==
        std::vector{wallet_id(1), wallet_id(2), wallet_id(300), wallet_id(40000)});
  auto removal = plain_commit(2, 1);
  removal.remove_index = {kFingerprint};
  REQUIRE(must(store->commit(removal)) == CommitOutcome::committed);
  CHECK(must(store->find(kFingerprint)) ==
        std::vector{wallet_id(1), wallet_id(300), wallet_id(40000)});
}

TEMPLATE_LIST_TEST_CASE("index kinds with the same value are independent", "[conformance]",
                        Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  auto first = plain_commit(1, 0);
  first.add_index = {kSubject};
  auto second = plain_commit(2, 0);
  second.add_index = {kCreation};
  CHECK(must(store->commit(first)) == CommitOutcome::committed);
  CHECK(must(store->commit(second)) == CommitOutcome::committed);
  CHECK(must(store->find(kSubject)) == std::vector{wallet_id(1)});
  CHECK(must(store->find(kCreation)) == std::vector{wallet_id(2)});
}

TEMPLATE_LIST_TEST_CASE("removing an index entry of another wallet removes nothing",
                        "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  auto holder = plain_commit(1, 0);
  holder.add_index = {kSubject};
  REQUIRE(must(store->commit(holder)) == CommitOutcome::committed);
  auto other = plain_commit(2, 0);
  other.remove_index = {kSubject};
  CHECK(must(store->commit(other)) == CommitOutcome::committed);
  CHECK(must(store->find(kSubject)) == std::vector{wallet_id(1)});
}

TEMPLATE_LIST_TEST_CASE("removals are applied before additions", "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  auto change = plain_commit(1, 0);
  change.add_index = {kSubject};
  change.remove_index = {kSubject};
  change.put_pans = {{card_id(1), record(5)}};
  change.delete_pans = {card_id(1)};
  REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  CHECK(must(store->find(kSubject)) == std::vector{wallet_id(1)});
  CHECK(must(store->load_pan(wallet_id(1), card_id(1))) == record(5));
}

TEMPLATE_LIST_TEST_CASE(
    "PAN records are put, replaced and deleted and deleting a missing one is no error",
    "[conformance]", Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  auto change = plain_commit(1, 0);
  change.put_pans = {{card_id(1), record(11)}, {card_id(2), record(12)}};
  change.delete_pans = {card_id(9)};
  REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  CHECK(must(store->load_pan(wallet_id(1), card_id(1))) == record(11));
  CHECK(must(store->load_pan(wallet_id(1), card_id(2))) == record(12));
  CHECK(must(store->load_pan(wallet_id(2), card_id(1))) == std::nullopt);

  change = plain_commit(1, 1);
  change.put_pans = {{card_id(1), record(21)}};
  change.delete_pans = {card_id(2)};
  REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  CHECK(must(store->load_pan(wallet_id(1), card_id(1))) == record(21));
  CHECK(must(store->load_pan(wallet_id(1), card_id(2))) == std::nullopt);
}

TEMPLATE_LIST_TEST_CASE("records come back whole: empty, one byte and a megabyte", "[conformance]",
                        Adapters) {
  TestType adapter;
  auto store = adapter.make();
  const std::vector<std::size_t> sizes{0, 1, 4096, std::size_t{1} << 20U};
  std::uint32_t n = 0;
  for (const auto size : sizes) {
    auto change = plain_commit(++n, 0);
    change.record = record(n, size);
    REQUIRE(must(store->commit(change)) == CommitOutcome::committed);
  }
  store = adapter.reopen(std::move(store));
  n = 0;
  for (const auto size : sizes) {
    ++n;
    CHECK((must(store->load(wallet_id(n)))->record == record(n, size)));
  }
}

TEMPLATE_LIST_TEST_CASE("each kind of vault record has its own compare-and-swap", "[conformance]",
                        Adapters) {
  TestType adapter;
  const auto store = adapter.make();
  const auto save = [&](VaultRecord which, std::uint64_t expected, std::uint32_t n) {
    return must(store->save_vault_record(which, expected, record(n)));
  };
  CHECK(save(VaultRecord::keyring, 1, 1) == CommitOutcome::conflict);
  CHECK(save(VaultRecord::keyring, 0, 1) == CommitOutcome::committed);
  CHECK(save(VaultRecord::keyring, 0, 2) == CommitOutcome::conflict);
  CHECK(save(VaultRecord::clients, 0, 3) == CommitOutcome::committed);
  CHECK(save(VaultRecord::keyring, 1, 4) == CommitOutcome::committed);
  CHECK(save(VaultRecord::keyring, 1, 5) == CommitOutcome::conflict);
  CHECK(must(store->load_vault_record(VaultRecord::keyring))->version == 2);
  CHECK(must(store->load_vault_record(VaultRecord::keyring))->record == record(4));
  CHECK(must(store->load_vault_record(VaultRecord::clients))->record == record(3));
}

TEMPLATE_LIST_TEST_CASE("reopening keeps all contents", "[conformance]", Adapters) {
  TestType adapter;
  auto store = adapter.make();
  const auto first = full_commit(1, 0);
  REQUIRE(must(store->commit(first)) == CommitOutcome::committed);
  REQUIRE(must(store->save_vault_record(VaultRecord::clients, 0, record(8))) ==
          CommitOutcome::committed);
  store = adapter.reopen(std::move(store));
  check_only_first_commit_is_there(*store, first);
  CHECK(must(store->load_vault_record(VaultRecord::clients))->record == record(8));
  CHECK(must(store->commit(full_commit(1, 1))) == CommitOutcome::committed);
}

}  // namespace
}  // namespace cardvault::test
