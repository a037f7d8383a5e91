#include "vault/change/audit_log.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "tests/vault/vault_fixture.h"
#include "vault/rewrap/rewrap_all.h"
#include "vault/storage/cached_store.h"

namespace cardvault::test {
namespace {

/// A wallet with ten audit entries.
struct AuditFixture : VaultFixture {
  WalletId id = make_wallet();

  AuditFixture() {
    for (int n = 1; n < 10; ++n) (void)make_device(id, "phone-" + std::to_string(n));
  }

  using Rows = std::vector<AuditRow>;
  /// The check when the storage answers with changed rows.
  template <class Tamper>
  [[nodiscard]] ChainCheck check_with(Tamper tamper) {
    store.on_read_audit = tamper;
    const auto check = check_audit_chain(vault, id);
    store.on_read_audit = nullptr;
    REQUIRE(code_of(check) == "ok");
    return *check;
  }
};

void check_broken(const ChainCheck& check, std::uint64_t first_broken) {
  CHECK_FALSE(check.intact);
  CHECK(check.first_broken == first_broken);
}

SealedRecord flipped(const SealedRecord& record) {
  Bytes bytes(record.bytes().begin(), record.bytes().end());
  bytes.back() ^= 1U;
  return SealedRecord::from_storage(bytes);
}

}  // namespace

TEST_CASE("audit: an untouched log is intact, complete and in order") {
  AuditFixture fixture;
  const auto check = check_audit_chain(fixture.vault, fixture.id);
  REQUIRE(code_of(check) == "ok");
  CHECK(check->intact);
  CHECK(check->entries == 10);
  CHECK(check->first_broken == 0);
  const auto page = read_audit(fixture.vault, fixture.id, 0, 100);
  REQUIRE(code_of(page) == "ok");
  REQUIRE(page->entries.size() == 10);
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(page->entries[i].seq == i + 1);
    CHECK(page->entries[i].actor == "client:cli_test");
    CHECK(page->entries[i].at == fixture.clock.now());
  }
}

TEST_CASE("audit: every action writes its entry and the chain stays intact") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  const DeviceId device = fixture.make_device(id);
  fixture.set_password(id);
  (void)fixture.try_unlock(id, device, "wrong guess");
  const auto token = fixture.try_unlock(id, device, kPassword);
  const CardId card = fixture.make_card(id);
  const auto viewer = fixture.view(*token);
  REQUIRE(change_card(
      fixture.vault, *viewer, card,
      {.appearance = {.nickname = "rent", .is_default = {}, .order = {}}, .channels = {}}));
  REQUIRE(revoke_token(fixture.vault, fixture.actor, token->token));
  REQUIRE(revoke_all_tokens(fixture.vault, id, fixture.actor));
  REQUIRE(fixture.deregister(id, card));
  REQUIRE(remove_credential(fixture.vault, id, fixture.actor, UnlockMethod::password));
  REQUIRE(unbind_device(fixture.vault, id, fixture.actor, device));
  REQUIRE(update_wallet(fixture.vault, id, fixture.actor,
                        {.state = WalletState::frozen, .locale = "en"}));
  REQUIRE(update_wallet(fixture.vault, id, fixture.actor,
                        {.state = WalletState::active, .locale = {}}));
  CHECK(fixture.actions(id) ==
        std::vector<std::string>{"wallet.created", "device.bound", "credential.set",
                                 "unlock.attempted", "unlock.failed", "unlock.attempted",
                                 "unlock.succeeded", "card.bound", "card.changed", "token.revoked",
                                 "tokens.revoked_all", "card.deregistered", "deregistration.closed",
                                 "credential.removed", "device.unbound", "wallet.frozen",
                                 "wallet.locale_changed", "wallet.unfrozen"});
  const auto check = check_audit_chain(fixture.vault, id);
  REQUIRE(code_of(check) == "ok");
  CHECK(check->intact);
  CHECK(check->entries == 18);
}

TEST_CASE("audit: no entry holds a card number, a password or a device's fingerprint") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet("subject-of-user");
  const DeviceId device = fixture.make_device(id, "fingerprint-of-phone");
  fixture.set_password(id);
  (void)fixture.make_card(id, kCmbDebit);
  (void)fixture.try_unlock(id, device, "wrong guess");
  std::string all;
  const auto page = read_audit(fixture.vault, id, 0, 100);
  for (const AuditEntry& entry : page->entries) {
    for (const auto& [name, value] : entry.details) all += name + "=" + value + "\n";
  }
  for (const std::string_view secret :
       {kCmbDebit, kPassword, std::string_view("wrong guess"), std::string_view("622609"),
        std::string_view("subject-of-user"), std::string_view("fingerprint-of-phone")}) {
    CHECK(all.find(secret) == std::string::npos);
  }
}

TEST_CASE("audit: pages have neither gap nor overlap") {
  AuditFixture fixture;
  std::uint64_t after = 0;
  std::vector<std::size_t> sizes;
  for (bool more = true; more;) {
    const auto page = read_audit(fixture.vault, fixture.id, after, 4);
    REQUIRE(code_of(page) == "ok");
    REQUIRE_FALSE(page->entries.empty());
    CHECK(page->entries.front().seq == after + 1);
    sizes.push_back(page->entries.size());
    after = page->entries.back().seq;
    more = page->has_more;
  }
  CHECK(sizes == std::vector<std::size_t>{4, 4, 2});
  CHECK_FALSE(read_audit(fixture.vault, fixture.id, 5, 5)->has_more);
  CHECK(read_audit(fixture.vault, fixture.id, 10, 5)->entries.empty());
  CHECK(code_of(read_audit(fixture.vault, id_of<WalletId>(9), 0, 5)) == "wallet_not_found");
  CHECK(code_of(check_audit_chain(fixture.vault, id_of<WalletId>(9))) == "wallet_not_found");
}

TEST_CASE("audit: a log longer than one step is checked to its end") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  for (int n = 0; n < 300; ++n) REQUIRE(revoke_all_tokens(fixture.vault, id, fixture.actor));
  auto check = check_audit_chain(fixture.vault, id);
  CHECK(check->intact);
  CHECK(check->entries == 301);
  fixture.store.on_read_audit = [](std::vector<AuditRow>& rows) { rows.at(298).link[0] ^= 1U; };
  check = check_audit_chain(fixture.vault, id);
  CHECK_FALSE(check->intact);
  CHECK(check->first_broken == 299);
}

TEST_CASE("audit: a changed entry or link is found at its place") {
  AuditFixture fixture;
  using Rows = AuditFixture::Rows;
  for (std::size_t n = 0; n < 10; ++n) {
    CAPTURE(n);
    check_broken(fixture.check_with([&](Rows& rows) { rows[n].record = flipped(rows[n].record); }),
                 n + 1);
    check_broken(fixture.check_with([&](Rows& rows) { rows[n].link[31] ^= 0x80U; }), n + 1);
  }
}

TEST_CASE("audit: a dropped entry is found at the front, in the middle and at the end") {
  AuditFixture fixture;
  using Rows = AuditFixture::Rows;
  for (std::ptrdiff_t n = 0; n < 10; ++n) {
    CAPTURE(n);
    check_broken(fixture.check_with([&](Rows& rows) { rows.erase(rows.begin() + n); }),
                 static_cast<std::uint64_t>(n) + 1);
  }
}

TEST_CASE("audit: a dropped entry is found even if later ones are renumbered") {
  AuditFixture fixture;
  check_broken(fixture.check_with([](AuditFixture::Rows& rows) {
    rows.erase(rows.begin() + 3);
    for (std::size_t n = 3; n < rows.size(); ++n) rows[n].seq = n + 1;
  }),
               4);
}

TEST_CASE("audit: two swapped entries are found") {
  AuditFixture fixture;
  check_broken(fixture.check_with([](AuditFixture::Rows& rows) { std::swap(rows[4], rows[5]); }),
               5);
  check_broken(fixture.check_with(
                   [](AuditFixture::Rows& rows) { std::swap(rows[4].record, rows[5].record); }),
               5);
  check_broken(fixture.check_with([](AuditFixture::Rows& rows) {
    std::swap(rows[4], rows[5]);
    std::swap(rows[4].seq, rows[5].seq);
  }),
               5);
}

TEST_CASE("audit: a truncated log is found at any length") {
  AuditFixture fixture;
  for (std::size_t kept = 0; kept < 10; ++kept) {
    check_broken(fixture.check_with([&](AuditFixture::Rows& rows) { rows.resize(kept); }),
                 kept + 1);
  }
}

TEST_CASE("audit: the log of another wallet in place of this one is found") {
  AuditFixture fixture;
  const WalletId other = fixture.make_wallet("user-2");
  for (int n = 1; n < 10; ++n) (void)fixture.make_device(other, "phone-" + std::to_string(n));
  const auto theirs = fixture.inner->read_audit(other, 0, 100).value();
  check_broken(fixture.check_with([&](AuditFixture::Rows& rows) { rows = theirs; }), 1);
}

TEST_CASE("audit: a wallet record rolled back to an older one is found") {
  AuditFixture fixture;
  const auto old = fixture.inner->load(fixture.id).value().value().record;
  (void)fixture.make_device(fixture.id, "phone-10");
  REQUIRE(check_audit_chain(fixture.vault, fixture.id)->intact);
  fixture.store.on_load = [&](StoredWallet& stored) { stored.record = old; };
  const auto check = check_audit_chain(fixture.vault, fixture.id);
  REQUIRE(code_of(check) == "ok");
  check_broken(*check, 11);
}

TEST_CASE("audit: the entry of a conflicting commit cannot replace the committed one") {
  AuditFixture fixture;
  AuditRow loser;
  fixture.store.before_commit = [&, first = true](const Commit& change, int) mutable {
    std::optional<Result<CommitOutcome>> answer;
    if (!std::exchange(first, false)) return answer;
    loser = change.audit.back();
    fixture.clock.advance(Seconds{1});
    answer = CommitOutcome::conflict;
    return answer;
  };
  REQUIRE(revoke_all_tokens(fixture.vault, fixture.id, fixture.actor));
  REQUIRE(loser.seq == 11);
  const auto check = fixture.check_with([&](AuditFixture::Rows& rows) { rows[10] = loser; });
  CHECK_FALSE(check.intact);
  CHECK(check.first_broken != 0);
}

TEST_CASE("audit: an entry written during the check does not break the log") {
  AuditFixture fixture;
  bool raced = false;
  fixture.store.on_load = [&](StoredWallet&) {
    if (std::exchange(raced, true)) return;
    REQUIRE(revoke_all_tokens(fixture.vault, fixture.id, fixture.actor));
  };
  const auto check = check_audit_chain(fixture.vault, fixture.id);
  REQUIRE(raced);
  REQUIRE(code_of(check) == "ok");
  CHECK(check->intact);
  CHECK(check->first_broken == 0);
}

TEST_CASE("audit: a page skips an entry that does not open and names it as broken") {
  AuditFixture fixture;
  fixture.store.on_read_audit = [](AuditFixture::Rows& rows) {
    rows[4].record = flipped(rows[4].record);
  };
  const auto seqs = [&](std::uint64_t after, std::size_t limit) {
    const auto page = read_audit(fixture.vault, fixture.id, after, limit);
    REQUIRE(code_of(page) == "ok");
    std::vector<std::uint64_t> all{page->first_broken};
    for (const AuditEntry& entry : page->entries) all.push_back(entry.seq);
    return all;
  };
  using Seqs = std::vector<std::uint64_t>;
  CHECK(seqs(0, 10) == Seqs{5, 1, 2, 3, 4, 6, 7, 8, 9, 10});
  CHECK(seqs(0, 4) == Seqs{0, 1, 2, 3, 4});
  CHECK(seqs(4, 1) == Seqs{5});
  CHECK(seqs(4, 3) == Seqs{5, 6, 7});
  CHECK(seqs(5, 5) == Seqs{0, 6, 7, 8, 9, 10});
  CHECK(read_audit(fixture.vault, fixture.id, 4, 1)->has_more);
  CHECK(read_audit(fixture.vault, fixture.id, 4, 1)->next == 5);
}

TEST_CASE("audit: a page detects a wrong link, a gap, a wrong end and entries beyond it") {
  AuditFixture fixture;
  using Rows = AuditFixture::Rows;
  const auto broken = [&](std::uint64_t after, std::size_t limit, const auto& tamper) {
    fixture.store.on_read_audit = tamper;
    const auto page = read_audit(fixture.vault, fixture.id, after, limit);
    REQUIRE(code_of(page) == "ok");
    return page->first_broken;
  };
  const auto link = [](Rows& rows) { rows[4].link[0] ^= 1U; };
  CHECK(broken(0, 10, link) == 5);
  CHECK(broken(4, 1, link) == 5);
  CHECK(broken(5, 1, link) == 6);  // the link before it is trusted
  const auto gap = [](Rows& rows) { rows.erase(rows.begin() + 4); };
  CHECK(broken(0, 10, gap) == 5);
  CHECK(broken(5, 1, gap) == 5);
  CHECK(broken(6, 4, gap) == 0);
  const auto cut = [](Rows& rows) { rows.resize(8); };
  CHECK(broken(0, 20, cut) == 9);
  CHECK(broken(7, 5, cut) == 9);
  CHECK(broken(9, 5, cut) == 9);
  CHECK(broken(0, 5, cut) == 0);
  const auto none = [](Rows& rows) { rows.clear(); };
  CHECK(broken(0, 10, none) == 1);
  const auto beyond = [](Rows& rows) { rows.push_back({11, rows[9].record, rows[9].link}); };
  CHECK(broken(0, 20, beyond) == 11);
  CHECK(broken(9, 1, beyond) == 11);
}

TEST_CASE("audit: during changes of its wallet a log is always intact") {
  AuditFixture fixture;
  auto hooked = std::make_unique<HookedStore>(*fixture.inner);
  HookedStore& between = *hooked;
  const auto cached = make_cached_store(std::move(hooked), 1U << 20U);
  const WholeVault vault({*cached, fixture.keyring, fixture.sealer, fixture.clock, fixture.random},
                         fixture_channels(), *fixture.deadlines, fixture.banks, fixture.gate,
                         PasswordCost{1, 8});
  int looked = 0;
  // The commit is durable and the cache does not know it yet.
  between.before_commit = [&](const Commit& change, int) -> std::optional<Result<CommitOutcome>> {
    auto outcome = fixture.inner->commit(change);
    const auto check = check_audit_chain(vault, fixture.id);
    REQUIRE(code_of(check) == "ok");
    CHECK(check->intact);
    const auto page = read_audit(vault, fixture.id, 0, 100);
    REQUIRE(code_of(page) == "ok");
    CHECK(page->first_broken == 0);
    CHECK(page->entries.size() == check->entries);
    ++looked;
    return outcome;
  };
  for (int n = 0; n < 3; ++n) REQUIRE(revoke_all_tokens(vault, fixture.id, fixture.actor));
  CHECK(looked == 3);
}

TEST_CASE("audit: a log rewritten under a new key during the check is intact") {
  VaultFixture fixture;
  const WalletId id = fixture.make_wallet();
  for (int n = 0; n < 400; ++n) REQUIRE(revoke_all_tokens(fixture.vault, id, fixture.actor));
  int loads = 0;
  fixture.store.on_load = [&](StoredWallet&) {
    if (++loads != 1) return;
    fixture.rotate(Purpose::audit);
    const auto rewrapped = rewrap_all(fixture.vault, {}, {}, [](const RewrapCount&) {});
    REQUIRE(code_of(rewrapped) == "ok");
    REQUIRE(rewrapped->rewrapped == 1);
  };
  const auto check = check_audit_chain(fixture.vault, id);
  REQUIRE(code_of(check) == "ok");
  CHECK(check->intact);
  CHECK(check->entries == 401);
}

}  // namespace cardvault::test
