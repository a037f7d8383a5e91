#include <catch2/catch_test_macros.hpp>
#include <mutex>

#include "tests/support/memory_contents.h"
#include "tests/vault/vault_fixture.h"
#include "vault/change/pan_record.h"
#include "vault/verify/verify_all.h"

namespace cardvault::test {
namespace {

SealedRecord flipped(const SealedRecord& record) {
  Bytes bytes(record.bytes().begin(), record.bytes().end());
  bytes[bytes.size() / 2] ^= 1U;
  return SealedRecord::from_storage(bytes);
}

SealedRecord cut(const SealedRecord& record) {
  return SealedRecord::from_storage(Bytes(record.bytes().begin(), record.bytes().end() - 9));
}

/// A vault with direct access to its store.
struct VerifyFixture {
  std::shared_ptr<MemoryContents> contents = make_memory_contents();
  VaultFixture fixture{make_memory_store(contents)};

  struct Owner {
    WalletId wallet;
    CardId card;
  };
  [[nodiscard]] Owner owner(int number) {
    const WalletId id = fixture.make_wallet("user-" + std::to_string(number));
    return {id, fixture.make_card(id, kCmbDebit)};
  }
  template <class Damage>
  void damage(const WalletId& wallet, Damage change) {
    const std::scoped_lock lock(contents->mutex);
    change(contents->wallets.at(wallet));
  }
  [[nodiscard]] VerifyCount verify() const {
    const auto count = verify_all(fixture.vault, {}, {}, [](const VerifyCount&) {});
    REQUIRE(code_of(count) == "ok");
    return *count;
  }
  [[nodiscard]] std::vector<Finding> findings(const WalletId& wallet) const {
    const auto verdict = verify_wallet(fixture.vault, wallet);
    REQUIRE(code_of(verdict) == "ok");
    return verdict->findings;
  }
};

using Kept = MemoryContents::Wallet;
using Findings = std::vector<Finding>;

Finding of_card(const VerifyFixture::Owner& owner, Damage what) {
  return {.wallet = owner.wallet, .what = what, .card = owner.card};
}

}  // namespace

TEST_CASE("verify: of 300 wallets exactly the five damaged ones are named") {
  VerifyFixture vault;
  std::vector<VerifyFixture::Owner> owners;
  for (int n = 0; n < 300; ++n) owners.push_back(vault.owner(n));
  const VerifyCount before = vault.verify();
  CHECK(before.seen == 300);
  CHECK(before.numbers == 300);
  CHECK(before.found == 0);
  CHECK(before.damaged.empty());
  CHECK(before.finished);

  vault.damage(owners[10].wallet, [&](Kept& kept) {
    kept.pans[owners[10].card] = flipped(kept.pans[owners[10].card]);
  });
  vault.damage(owners[77].wallet, [&](Kept& kept) { kept.pans.erase(owners[77].card); });
  vault.damage(owners[150].wallet,
               [&](Kept& kept) { kept.pans[owners[150].card] = cut(kept.pans[owners[150].card]); });
  vault.damage(owners[200].wallet, [&](Kept& kept) { kept.audit[2].link[0] ^= 1U; });
  vault.damage(owners[299].wallet,
               [&](Kept& kept) { kept.wallet.record = flipped(kept.wallet.record); });

  const VerifyCount after = vault.verify();
  Findings expected{
      of_card(owners[10], Damage::number_unreadable),
      of_card(owners[77], Damage::number_missing),
      of_card(owners[150], Damage::number_unreadable),
      {.wallet = owners[200].wallet, .what = Damage::audit_log_broken, .first_broken = 2},
      {.wallet = owners[299].wallet, .what = Damage::wallet_unreadable},
  };
  std::ranges::sort(expected, {}, &Finding::wallet);
  Findings named = after.named;
  std::ranges::sort(named, {}, &Finding::wallet);
  CHECK(named == expected);
  CHECK(after.seen == 300);
  CHECK(after.numbers == 296);
  CHECK(after.found == 5);
  CHECK(after.damaged.size() == 5);
}

TEST_CASE("verify: swapped and replaced numbers are named") {
  VerifyFixture vault;
  const auto one = vault.owner(1);
  const auto two = vault.owner(2);
  const CardId second = vault.fixture.make_card(two.wallet, kVisa);
  CHECK(vault.findings(one.wallet).empty());
  CHECK(vault.findings(two.wallet).empty());
  const SealedRecord theirs = vault.fixture.inner->load_pan(two.wallet, two.card).value().value();
  vault.damage(one.wallet, [&](Kept& kept) { kept.pans[one.card] = theirs; });
  CHECK(vault.findings(one.wallet) == Findings{of_card(one, Damage::number_unreadable)});

  vault.damage(two.wallet, [&](Kept& kept) { std::swap(kept.pans[two.card], kept.pans[second]); });
  CHECK(vault.findings(two.wallet) ==
        Findings{of_card(two, Damage::number_unreadable),
                 of_card({two.wallet, second}, Damage::number_unreadable)});

  const auto other =
      PanRecord(vault.fixture.vault, one.wallet, one.card).seal(pan(kVisa), {}, {}).value();
  vault.damage(one.wallet, [&](Kept& kept) { kept.pans[one.card] = other; });
  CHECK(vault.findings(one.wallet) == Findings{of_card(one, Damage::number_mismatch)});
}

TEST_CASE("verify: a wallet missing from the index is named and stray PAN records are counted") {
  VerifyFixture vault;
  const auto one = vault.owner(1);
  {
    const std::scoped_lock lock(vault.contents->mutex);
    vault.contents->index.clear();
  }
  CHECK(vault.findings(one.wallet) ==
        Findings{of_card(one, Damage::card_not_found),
                 {.wallet = one.wallet, .what = Damage::subject_not_found}});

  const auto two = vault.owner(2);
  vault.damage(two.wallet, [&](Kept& kept) { kept.pans[id_of<CardId>(7)] = kept.pans[two.card]; });
  const auto verdict = verify_wallet(vault.fixture.vault, two.wallet).value();
  CHECK(verdict.findings.empty());
  CHECK(verdict.strays == 1);
  CHECK(vault.verify().strays == 1);
}

TEST_CASE("verify: a closed wallet, a frozen one and one with a deregistered card are sound") {
  VerifyFixture vault;
  const auto closed = vault.owner(1);
  const auto frozen = vault.owner(2);
  const auto ended = vault.owner(3);
  const Actor& actor = vault.fixture.actor;
  REQUIRE(update_wallet(vault.fixture.vault, closed.wallet, actor,
                        {.state = WalletState::closed, .locale = {}}));
  REQUIRE(update_wallet(vault.fixture.vault, frozen.wallet, actor,
                        {.state = WalletState::frozen, .locale = {}}));
  REQUIRE(vault.fixture.deregister(ended.wallet, ended.card));
  const VerifyCount count = vault.verify();
  CHECK(count.found == 0);
  CHECK(count.strays == 0);
  CHECK(count.numbers == 1);
}

TEST_CASE("verify: records under rotated keys are no damage") {
  VerifyFixture vault;
  (void)vault.owner(1);
  for (const Purpose purpose : {Purpose::wallet_records, Purpose::pan_wrapping,
                                Purpose::pan_fingerprint, Purpose::subject_index, Purpose::audit}) {
    vault.fixture.rotate(purpose);
  }
  const auto two = vault.owner(2);
  (void)two;
  CHECK(vault.verify().found == 0);
}

TEST_CASE("verify: an expired lease and a sealed vault end the check with an error") {
  VerifyFixture vault;
  (void)vault.owner(1);
  vault.fixture.keyring.set_lease({});
  const auto verified = verify_all(vault.fixture.vault, {}, {}, [](const VerifyCount&) {});
  CHECK(code_of(verified) == "key_unavailable");
  vault.fixture.keyring.close();
  CHECK(code_of(verify_all(vault.fixture.vault, {}, {}, [](const VerifyCount&) {})) ==
        "vault_sealed");
}

TEST_CASE("verify: a wallet that changes during its check is sound") {
  VerifyFixture vault;
  const auto one = vault.owner(1);
  int changes = 0;
  // The card is removed between the reads of the wallet and of the index.
  vault.fixture.store.on_load = [&](StoredWallet&) {
    if (++changes != 1) return;
    REQUIRE(vault.fixture.deregister(one.wallet, one.card));
  };
  CHECK(vault.findings(one.wallet).empty());
  CHECK(changes > 1);
}

TEST_CASE("verify: the check keeps its rate, can be stopped and a failing store is no damage") {
  VerifyFixture vault;
  for (int n = 0; n < 20; ++n) (void)vault.owner(n);
  std::vector<std::chrono::nanoseconds> waits;
  std::stop_source stop;
  const auto wait = [&](std::chrono::nanoseconds time, const std::stop_token&) {
    waits.push_back(time);
    if (waits.size() == 2) stop.request_stop();
  };
  const auto some = verify_all(vault.fixture.vault, {.rate = 1, .wait = wait}, stop.get_token(),
                               [](const VerifyCount&) {});
  REQUIRE(code_of(some) == "ok");
  CHECK_FALSE(some->finished);
  CHECK(some->seen == 16);
  REQUIRE(waits.size() == 2);
  CHECK(waits[1] > std::chrono::seconds{8});

  vault.fixture.store.loads_fail = true;
  const auto away = verify_all(vault.fixture.vault, {}, {}, [](const VerifyCount&) {});
  CHECK(code_of(away) == "store_unavailable");
}

}  // namespace cardvault::test
