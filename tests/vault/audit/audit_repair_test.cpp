#include "vault/audit/audit_repair.h"

#include <catch2/catch_test_macros.hpp>
#include <mutex>

#include "tests/support/memory_contents.h"
#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

using Rows = std::map<std::uint64_t, AuditRow>;

/// A wallet with ten audit entries and direct access to its store.
struct DamagedFixture {
  std::shared_ptr<MemoryContents> contents = make_memory_contents();
  VaultFixture fixture{make_memory_store(contents)};
  WalletId id = fixture.make_wallet();

  DamagedFixture() {
    for (int n = 1; n < 10; ++n) (void)fixture.make_device(id, "phone-" + std::to_string(n));
  }

  template <class Damage>
  void damage(Damage change) {
    const std::scoped_lock lock(contents->mutex);
    change(contents->wallets.at(id).audit);
  }
  [[nodiscard]] ChainCheck check() const { return check_audit_chain(fixture.vault, id).value(); }
  [[nodiscard]] Status change() { return revoke_all_tokens(fixture.vault, id, fixture.actor); }
  [[nodiscard]] AuditRepair repair() const {
    return repair_audit_log(fixture.vault, id, {"operator"}).value();
  }
  [[nodiscard]] std::vector<AuditEntry> entries() const {
    return read_audit(fixture.vault, id, 0, 100).value().entries;
  }
};

}  // namespace

TEST_CASE(
    "audit repair: a wallet with a truncated log is named and after the repair changes again") {
  DamagedFixture damaged;
  const auto before = damaged.entries();
  damaged.damage([](Rows& rows) {
    rows.erase(9);
    rows.erase(10);
  });
  const auto version = damaged.fixture.version(damaged.id);
  const auto refused = damaged.change();
  REQUIRE(code_of(refused) == "audit_log_damaged");
  CHECK(refused.error().inside.text.contains(damaged.id.text()));
  CHECK(damaged.fixture.version(damaged.id) == version);
  CHECK(damaged.check().first_broken == 9);

  const AuditRepair repaired = damaged.repair();
  CHECK(repaired.first_broken == 9);
  CHECK(repaired.lost == 2);
  CHECK(repaired.entries == 11);
  CHECK(damaged.check().intact);
  CHECK(code_of(damaged.change()) == "ok");
  CHECK(damaged.check().intact);

  const auto after = damaged.entries();
  REQUIRE(after.size() == 12);
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(after[i].action == before[i].action);
    CHECK(after[i].details == before[i].details);
    CHECK(after[i].at == before[i].at);
    CHECK(after[i].actor == before[i].actor);
  }
  CHECK(after[8].action == "audit.entry_lost");
  CHECK(after[9].action == "audit.entry_lost");
  CHECK(after[10].action == "audit.repaired");
  CHECK(after[10].actor == "operator");
  CHECK(after[10].details == decltype(after[10].details){{"first_broken", "9"}, {"lost", "2"}});
}

TEST_CASE("audit repair: an unreadable entry is lost and an entry with a wrong link is kept") {
  DamagedFixture damaged;
  damaged.damage([](Rows& rows) {
    Bytes bytes(rows[3].record.bytes().begin(), rows[3].record.bytes().end());
    bytes.back() ^= 1U;
    rows[3].record = SealedRecord::from_storage(bytes);
    rows[7].link[0] ^= 1U;
  });
  CHECK(damaged.repair().first_broken == 3);
  CHECK(damaged.check().intact);
  const auto after = damaged.entries();
  REQUIRE(after.size() == 11);
  CHECK(after[2].action == "audit.entry_lost");
  CHECK(after[6].action == "device.bound");
  CHECK(after[10].details == decltype(after[10].details){{"first_broken", "3"}, {"lost", "1"}});
}

TEST_CASE("audit repair: a missing log and a log longer than its wallet's record are repaired") {
  DamagedFixture gone;
  gone.damage([](Rows& rows) { rows.clear(); });
  CHECK(code_of(gone.change()) == "audit_log_damaged");
  CHECK(gone.repair().lost == 10);
  CHECK(gone.check().intact);

  DamagedFixture rolled_back;
  const auto old = rolled_back.fixture.inner->load(rolled_back.id).value().value();
  REQUIRE(code_of(rolled_back.change()) == "ok");
  {
    const std::scoped_lock lock(rolled_back.contents->mutex);
    rolled_back.contents->wallets.at(rolled_back.id).wallet = old;
  }
  CHECK(code_of(rolled_back.change()) == "audit_log_damaged");
  const AuditRepair repaired = rolled_back.repair();
  CHECK(repaired.first_broken == 11);
  CHECK(repaired.lost == 0);
  CHECK(repaired.entries == 12);
  CHECK(rolled_back.entries()[10].action == "tokens.revoked_all");
  CHECK(rolled_back.check().intact);
}

TEST_CASE("audit repair: entries under a disabled key are not given up") {
  DamagedFixture damaged;
  const KeyId old = damaged.fixture.rotate(Purpose::audit);
  REQUIRE(code_of(damaged.change()) == "ok");
  const KeyId newer = damaged.fixture.rotate(Purpose::audit);
  REQUIRE(newer != old);
  REQUIRE(code_of(damaged.fixture.set_key_state(old, KeyState::disabled)) == "ok");
  const auto refused = repair_audit_log(damaged.fixture.vault, damaged.id, {"operator"});
  CHECK(code_of(refused) == "key_unavailable");
  REQUIRE(code_of(damaged.fixture.set_key_state(old, KeyState::enabled)) == "ok");
  CHECK(damaged.repair().first_broken == 0);
}

TEST_CASE("audit repair: an intact log is unchanged and an unknown wallet is not found") {
  DamagedFixture damaged;
  const auto version = damaged.fixture.version(damaged.id);
  const AuditRepair repaired = damaged.repair();
  CHECK(repaired.first_broken == 0);
  CHECK(repaired.entries == 10);
  CHECK(damaged.fixture.version(damaged.id) == version);
  CHECK(code_of(repair_audit_log(damaged.fixture.vault, id_of<WalletId>(9), {"operator"})) ==
        "wallet_not_found");
}

TEST_CASE("audit repair: a log longer than one snapshot with a long hole is repaired") {
  DamagedFixture damaged;
  for (int n = 0; n < 1490; ++n) REQUIRE(code_of(damaged.change()) == "ok");
  damaged.damage([](Rows& rows) { rows.erase(rows.find(100), rows.find(800)); });
  const AuditRepair repaired = damaged.repair();
  CHECK(repaired.first_broken == 100);
  CHECK(repaired.lost == 700);
  CHECK(repaired.entries == 1501);
  CHECK(damaged.check().intact);
}

}  // namespace cardvault::test
