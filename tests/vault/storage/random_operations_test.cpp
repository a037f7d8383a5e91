#include <algorithm>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <iostream>

#include "tests/support/memory_store.h"
#include "tests/vault/storage/store_fixture.h"

namespace cardvault::test {
namespace {

constexpr int kSteps = 400;

/// Draws operations on few wallets, cards and index values, so that they often collide.
class Operations {
 public:
  explicit Operations(std::uint64_t seed) : engine_(seed) {}

  std::uint32_t below(std::uint32_t end) {
    return std::uniform_int_distribution<std::uint32_t>(0, end - 1)(engine_);
  }
  bool one_in(std::uint32_t n) { return below(n) == 0; }

  IndexKey index_key() { return {static_cast<IndexKind>(1 + below(3)), digest(below(4))}; }

  /// Mostly on the current version of the model, so that most commits succeed.
  Commit commit(WalletStore& model) {
    const auto n = below(6);
    const auto current = must(model.load(wallet_id(n)));
    const std::uint64_t version = current ? current->version : 0;
    auto change = plain_commit(n, one_in(5) ? below(4) : version);
    for (auto i = below(3); i > 0; --i) {
      change.put_pans.emplace_back(card_id(below(4)), record(below(1000), 40 + below(9000)));
    }
    for (auto i = below(3); i > 0; --i) change.delete_pans.push_back(card_id(below(4)));
    for (auto i = below(3); i > 0; --i) change.add_index.push_back(index_key());
    for (auto i = below(3); i > 0; --i) change.remove_index.push_back(index_key());
    auto seq = must(model.read_audit(wallet_id(n), 0, SIZE_MAX)).size();
    change.rewrite_audit = one_in(6);
    if (change.rewrite_audit) {
      if (one_in(4)) seq += below(3);
      for (std::size_t i = 1; i <= seq; ++i) {
        change.audit.push_back(
            {.seq = i, .record = record(below(1000)), .link = digest(below(99))});
      }
    } else {
      for (auto i = below(3); i > 0; --i) change.audit.push_back(audit_row(++seq));
    }
    if (one_in(20) && seq > 0) change.audit.push_back(audit_row(seq));
    if (one_in(2)) change.due = at_second(below(50));
    return change;
  }

  /// Commits of different wallets without index entries, which they could take from each other.
  std::vector<Commit> commits(WalletStore& model) {
    std::vector<Commit> changes;
    for (auto i = below(5); i > 0; --i) {
      auto change = commit(model);
      change.add_index.clear();
      const auto same = [&](const Commit& one) { return one.wallet == change.wallet; };
      if (std::ranges::none_of(changes, same)) changes.push_back(std::move(change));
    }
    return changes;
  }

 private:
  std::mt19937_64 engine_;
};

void check_same(const Result<CommitOutcome>& expected, const Result<CommitOutcome>& actual) {
  REQUIRE(actual.has_value() == expected.has_value());
  if (expected) {
    REQUIRE(*actual == *expected);
  } else {
    REQUIRE(actual.error().code == expected.error().code);
  }
}

/// After an error the remaining commits may or may not be done, so each is retried alone. Then each
/// store has it done or answers with a conflict.
void check_same_together(const std::vector<Commit>& changes, WalletStore& model,
                         WalletStore& store) {
  const auto expected = model.commit_all(changes);
  const auto actual = store.commit_all(changes);
  REQUIRE(actual.has_value() == expected.has_value());
  if (expected) {
    REQUIRE(*actual == *expected);
    return;
  }
  REQUIRE(actual.error().code == expected.error().code);
  for (const Commit& change : changes) {
    (void)model.commit(change);
    (void)store.commit(change);
  }
}

void check_same(const std::optional<StoredWallet>& expected,
                const std::optional<StoredWallet>& actual) {
  REQUIRE(actual.has_value() == expected.has_value());
  if (!expected) return;
  REQUIRE(actual->version == expected->version);
  REQUIRE((actual->record == expected->record));
}

void check_same(const std::vector<AuditRow>& expected, const std::vector<AuditRow>& actual) {
  REQUIRE(std::ranges::equal(expected, actual, [](const AuditRow& a, const AuditRow& b) {
    return a.seq == b.seq && a.record == b.record && a.link == b.link;
  }));
}

void check_same_contents(WalletStore& model, WalletStore& store) {
  for (std::uint32_t n = 0; n < 6; ++n) {
    const auto id = wallet_id(n);
    check_same(must(model.load(id)), must(store.load(id)));
    for (std::uint32_t card = 0; card < 4; ++card) {
      REQUIRE((must(model.load_pan(id, card_id(card))) == must(store.load_pan(id, card_id(card)))));
    }
    check_same(must(model.read_audit(id, 0, SIZE_MAX)), must(store.read_audit(id, 0, SIZE_MAX)));
  }
  using enum IndexKind;
  for (const auto kind : {subject, pan_fingerprint, creation_key}) {
    for (std::uint32_t value = 0; value < 4; ++value) {
      const IndexKey key{kind, digest(value)};
      REQUIRE(must(model.find(key)) == must(store.find(key)));
    }
  }
}

void run_step(Operations& operations, WalletStore& model, WalletStore& store) {
  switch (operations.below(7)) {
    case 0: {
      const auto now = at_second(operations.below(60));
      const Seconds lease(operations.below(20));
      const auto limit = operations.below(4);
      REQUIRE(must(model.claim_due(now, lease, limit)) == must(store.claim_due(now, lease, limit)));
      return;
    }
    case 1: {
      const auto which = operations.one_in(2) ? VaultRecord::keyring : VaultRecord::clients;
      const auto expected = operations.below(6);
      const auto value = record(operations.below(1000));
      check_same(model.save_vault_record(which, expected, value),
                 store.save_vault_record(which, expected, value));
      check_same(must(model.load_vault_record(which)), must(store.load_vault_record(which)));
      return;
    }
    case 2: {
      const auto id = wallet_id(operations.below(6));
      const auto after = operations.below(10);
      const auto limit = operations.below(5);
      check_same(must(model.read_audit(id, after, limit)),
                 must(store.read_audit(id, after, limit)));
      return;
    }
    case 3:
      check_same_together(operations.commits(model), model, store);
      return;
    default: {
      const auto change = operations.commit(model);
      check_same(model.commit(change), store.commit(change));
    }
  }
}

template <class Adapter>
void compare_with_model(std::uint64_t seed) {
  INFO("replay with CARDVAULT_TEST_SEED=" << seed);
  Adapter adapter;
  auto store = adapter.make();
  const auto model = make_memory_store();
  Operations operations(seed);
  for (int step = 0; step < kSteps; ++step) {
    INFO("step " << step);
    run_step(operations, *model, *store);
    if (step % 100 == 99) store = adapter.reopen(std::move(store));
    if (step % 10 == 9) check_same_contents(*model, *store);
  }
}

TEMPLATE_LIST_TEST_CASE("random operations give what the memory store gives: fixed seeds",
                        "[conformance]", Adapters) {
  compare_with_model<TestType>(GENERATE(range(1U, 9U)));
}

TEMPLATE_LIST_TEST_CASE("random operations give what the memory store gives: a new seed",
                        "[conformance]", Adapters) {
  const auto seed = seed_of_this_run();
  std::cout << "CARDVAULT_TEST_SEED=" << seed << '\n';
  compare_with_model<TestType>(seed);
}

}  // namespace
}  // namespace cardvault::test
