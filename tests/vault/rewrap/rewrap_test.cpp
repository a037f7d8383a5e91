#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>

#include "tests/vault/vault_fixture.h"
#include "vault/closing/published_keys.h"
#include "vault/closing/receipt.h"
#include "vault/rewrap/key_uses.h"
#include "vault/rewrap/rewrap_all.h"

namespace cardvault::test {
namespace {

void nobody_looks(const RewrapCount&) {}

struct RewrapFixture : VaultFixture {
  /// A wallet with a use of every key purpose.
  WalletId full_wallet() {
    const WalletId id = make_wallet("user-1");
    device = make_device(id);
    set_password(id);
    card = make_card(id, kCmbDebit);
    gone = make_card(id, kVisa);
    (void)ended(id, gone);
    return id;
  }
  Result<RewrapCount> rewrap(RewrapOptions options = {}) {
    return rewrap_all(vault, options, {}, nobody_looks);
  }
  std::uint64_t uses(KeyId key) {
    return count_key_uses(vault, {}, [](std::uint64_t) {}).value().count(key);
  }

  DeviceId device;
  CardId card;
  CardId gone;
};

constexpr std::array kRewrapped{Purpose::wallet_records, Purpose::pan_wrapping,
                                Purpose::pan_fingerprint, Purpose::subject_index, Purpose::audit};

}  // namespace

TEST_CASE("rewrap: afterwards the old keys are unused and can be destroyed") {
  RewrapFixture fixture;
  const WalletId id = fixture.full_wallet();
  const Wallet before = fixture.wallet(id);
  const IssuedToken token = fixture.list_token(id, fixture.device);
  for (const Purpose purpose : kRewrapped) {
    INFO(purpose_name(purpose));
    const KeyId old = fixture.current_key(purpose);
    fixture.rotate(purpose);
    CHECK(fixture.uses(old) > 0);
    const auto count = fixture.rewrap();
    REQUIRE(code_of(count) == "ok");
    CHECK(count->seen == 1);
    CHECK(count->rewrapped == 1);
    CHECK(count->failed == 0);
    CHECK(fixture.uses(old) == 0);
    REQUIRE(code_of(fixture.set_key_state(old, KeyState::destroyed)) == "ok");
  }
  const Wallet after = fixture.wallet(id);
  CHECK(after.list_version == before.list_version);
  CHECK(after.epoch == before.epoch);
  CHECK(after.audit.seq == before.audit.seq);
  CHECK(after.audit.link != before.audit.link);
  CHECK(code_of(fixture.view(token)) == "ok");
  CHECK(code_of(fixture.try_unlock(id, fixture.device, kPassword)) == "ok");
  CHECK(code_of(fixture.import(id, kCmbDebit)) == "card_already_bound");
  CHECK_FALSE(fixture.create("user-1")->created);
  const auto chain = check_audit_chain(fixture.vault, id);
  REQUIRE(code_of(chain) == "ok");
  CHECK(chain->intact);
  const auto ended = cancel_card_everywhere(fixture.vault, fixture.actor,
                                            {.pan = pan(kCmbDebit), .reason = "bank_cancelled"});
  CHECK(ended == 1);
}

TEST_CASE("rewrap: a second rewrap is a no-op") {
  RewrapFixture fixture;
  const WalletId id = fixture.full_wallet();
  for (const Purpose purpose : kRewrapped) fixture.rotate(purpose);
  REQUIRE(fixture.rewrap()->rewrapped == 1);
  const auto version = fixture.version(id);
  const auto again = fixture.rewrap();
  REQUIRE(code_of(again) == "ok");
  CHECK(again->seen == 1);
  CHECK(again->rewrapped == 0);
  CHECK(again->finished);
  CHECK(fixture.version(id) == version);
}

TEST_CASE(
    "rewrap: if another wallet has its subject's entry a wallet is re-sealed except for the "
    "subject") {
  RewrapFixture fixture;
  (void)fixture.full_wallet();
  const KeyId records = fixture.current_key(Purpose::wallet_records);
  const KeyId subjects = fixture.current_key(Purpose::subject_index);
  for (const Purpose purpose : kRewrapped) fixture.rotate(purpose);
  fixture.store.before_commit = [](const Commit& change,
                                   int) -> std::optional<Result<CommitOutcome>> {
    const auto is_subject = [](const IndexKey& key) { return key.kind == IndexKind::subject; };
    if (std::ranges::none_of(change.add_index, is_subject)) return std::nullopt;
    return CommitOutcome::index_taken;
  };
  for (const std::uint64_t rewrapped : {1U, 0U}) {
    const auto count = fixture.rewrap();
    REQUIRE(code_of(count) == "ok");
    CHECK(count->rewrapped == rewrapped);
    CHECK(count->failed == 0);
  }
  CHECK(fixture.uses(records) == 0);
  CHECK(fixture.uses(subjects) == 1);
}

TEST_CASE("key uses: a key named by a channel's configuration is in use") {
  RewrapFixture fixture;
  const KeyId key = fixture.current_key(Purpose::channel_signing);
  const auto channels = ChannelDirectory::parse(
      R"({"channels":[{"name":"alipay","close_url":"https://channel.test/","signing_key":)" +
      std::to_string(key) + "}]}");
  const WholeVault vault(
      {fixture.store, fixture.keyring, fixture.sealer, fixture.clock, fixture.random}, *channels,
      *fixture.deadlines, fixture.banks, fixture.gate);
  const auto uses = count_key_uses(vault, {}, [](std::uint64_t) {}).value();
  CHECK(uses.count(key) == 1);
  const auto refused =
      require_unused(fixture.keyring.snapshot()->keys().at(key), KeyState::disabled, uses);
  REQUIRE(code_of(refused) == "key_in_use");
  CHECK(refused.error().detail.contains("1 channels"));
}

TEST_CASE("rewrap: without a rotation of its keys no PAN record is loaded") {
  RewrapFixture fixture;
  (void)fixture.full_wallet();
  fixture.rotate(Purpose::wallet_records);
  fixture.store.reset();
  REQUIRE(fixture.rewrap()->rewrapped == 1);
  CHECK(fixture.store.pan_loads == 0);
}

TEST_CASE("rewrap: after a rotation of the wrapping key the sealed number is unchanged") {
  RewrapFixture fixture;
  const WalletId id = fixture.full_wallet();
  const auto before = fixture.inner->load_pan(id, fixture.card).value().value();
  fixture.rotate(Purpose::pan_wrapping);
  REQUIRE(fixture.rewrap()->rewrapped == 1);
  const auto after = fixture.inner->load_pan(id, fixture.card).value().value();
  CHECK(wrapping_key_of(after) == fixture.current_key(Purpose::pan_wrapping));
  const std::size_t head = 2 + 6 + 24 + 32 + 16;
  CHECK(std::ranges::equal(before.bytes().subspan(head), after.bytes().subspan(head)));
}

TEST_CASE("rewrap: a wallet changed meanwhile is not overwritten and is re-sealed") {
  RewrapFixture fixture;
  const WalletId id = fixture.full_wallet();
  const KeyId old = fixture.current_key(Purpose::wallet_records);
  fixture.rotate(Purpose::pan_fingerprint);
  fixture.rotate(Purpose::wallet_records);
  fixture.store.before_commit =
      [&, once = false](const Commit&, int) mutable -> std::optional<Result<CommitOutcome>> {
    if (!std::exchange(once, true)) {
      const auto frozen =
          update_wallet(fixture.vault, id, fixture.actor,
                        {.state = WalletState::frozen, .locale = {}, .reason = "lost"});
      REQUIRE(code_of(frozen) == "ok");
    }
    return std::nullopt;
  };
  const auto count = fixture.rewrap();
  REQUIRE(code_of(count) == "ok");
  CHECK(count->failed == 0);
  CHECK(fixture.wallet(id).state == WalletState::frozen);
  CHECK(fixture.uses(old) == 0);
}

TEST_CASE("rewrap: a broken audit chain is reported and unchanged and other wallets go on") {
  RewrapFixture fixture;
  const WalletId broken = fixture.full_wallet();
  const WalletId sound = fixture.make_wallet("user-2");
  const KeyId old = fixture.current_key(Purpose::audit);
  fixture.store.on_read_audit = [](std::vector<AuditRow>& rows) {
    if (rows.size() > 2) rows[1].link[0] ^= 1;
  };
  fixture.rotate(Purpose::audit);
  const auto version = fixture.version(broken);
  const auto count = fixture.rewrap();
  REQUIRE(code_of(count) == "ok");
  CHECK(count->failed == 1);
  CHECK(count->first_failed == std::vector<FailedWallet>{{broken, ErrorCode::record_corrupt}});
  CHECK(fixture.version(broken) == version);
  CHECK(count->rewrapped == 1);
  fixture.store.reset();
  CHECK(fixture.uses(old) == fixture.wallet(broken).audit.seq);
  CHECK(check_audit_chain(fixture.vault, sound)->intact);
}

TEST_CASE("rewrap: a wallet that does not open is counted and skipped") {
  RewrapFixture fixture;
  (void)fixture.full_wallet();
  (void)fixture.make_wallet("user-2");
  fixture.rotate(Purpose::wallet_records);
  fixture.store.on_load = [at = 0](StoredWallet& stored) mutable {
    if (++at != 1) return;
    Bytes bytes(stored.record.bytes().begin(), stored.record.bytes().end());
    bytes.back() ^= 1;
    stored.record = SealedRecord::from_storage(bytes);
  };
  const auto count = fixture.rewrap({.batch = 1});
  REQUIRE(code_of(count) == "ok");
  CHECK(count->seen == 2);
  CHECK(count->failed == 1);
  CHECK(count->rewrapped == 1);
  REQUIRE(count->first_failed.size() == 1);
  CHECK(count->first_failed[0].why == ErrorCode::record_corrupt);
}

TEST_CASE("rewrap: a failing store ends the rewrap with its error") {
  RewrapFixture fixture;
  (void)fixture.full_wallet();
  fixture.rotate(Purpose::wallet_records);
  fixture.store.loads_fail = true;
  CHECK(code_of(fixture.rewrap()) == "store_unavailable");
}

TEST_CASE("rewrap: a refused commit does not affect other wallets") {
  RewrapFixture fixture;
  const WalletId refused = fixture.make_wallet("user-1");
  for (int i = 2; i < 6; ++i) (void)fixture.make_wallet("user-" + std::to_string(i));
  fixture.rotate(Purpose::wallet_records);
  const auto refuse = [&](const Commit& commit, int) -> std::optional<Result<CommitOutcome>> {
    if (commit.wallet != refused) return std::nullopt;
    return Result<CommitOutcome>(fail(ErrorCode::internal, "The store refused the change."));
  };
  fixture.store.before_commit = refuse;
  const auto count = fixture.rewrap();
  REQUIRE(code_of(count) == "ok");
  CHECK(count->failed == 1);
  CHECK(count->first_failed == std::vector<FailedWallet>{{refused, ErrorCode::internal}});
  fixture.store.reset();
  CHECK(fixture.rewrap()->rewrapped == 1);
}

TEST_CASE("rewrap: an expired lease of the keyring ends the rewrap without failed wallets") {
  RewrapFixture fixture;
  for (int i = 0; i < 3; ++i) (void)fixture.make_wallet("user-" + std::to_string(i));
  fixture.rotate(Purpose::wallet_records);
  std::uint64_t failed = 0;
  fixture.store.on_load = [&](StoredWallet&) { fixture.keyring.set_lease({}); };
  const auto count = rewrap_all(fixture.vault, {.batch = 1}, {},
                                [&](const RewrapCount& so_far) { failed = so_far.failed; });
  CHECK(code_of(count) == "key_unavailable");
  CHECK(failed == 0);
}

TEST_CASE("rewrap: a key promoted meanwhile is used from the next batch on") {
  RewrapFixture fixture;
  for (int i = 0; i < 3; ++i) (void)fixture.make_wallet("user-" + std::to_string(i));
  const auto count = rewrap_all(fixture.vault, {.batch = 1}, {}, [&](const RewrapCount& so_far) {
    if (so_far.seen == 1) fixture.rotate(Purpose::wallet_records);
  });
  REQUIRE(code_of(count) == "ok");
  CHECK(count->rewrapped == 2);
}

TEST_CASE("rewrap: index entries under older keys are removed after the next rotation") {
  RewrapFixture fixture;
  const auto holders = [&](const KeyedDigest& digest) {
    return fixture.inner->find({IndexKind::subject, digest.value}).value().size();
  };
  fixture.add_key(Purpose::subject_index);
  (void)fixture.make_wallet("user-1");
  Keyring promoted = fixture.keyring.snapshot()->clone();
  promoted.promote(promoted.waiting().front(), fixture.clock.now());
  fixture.keyring.install(std::move(promoted));
  fixture.rotate(Purpose::subject_index);
  const auto known_as = subject_digests(fixture.vault, "user-1").value();
  REQUIRE(known_as.all().size() == 3);
  REQUIRE(fixture.rewrap()->rewrapped == 1);
  CHECK(holders(known_as.current()) == 1);
  for (const KeyedDigest& older : known_as.retired()) CHECK(holders(older) == 0);
}

TEST_CASE("rewrap: a stopped rewrap can be started again and completes the rest") {
  RewrapFixture fixture;
  for (int i = 0; i < 10; ++i) (void)fixture.make_wallet("user-" + std::to_string(i));
  const KeyId old = fixture.current_key(Purpose::wallet_records);
  fixture.rotate(Purpose::wallet_records);
  std::stop_source source;
  const auto stopped =
      rewrap_all(fixture.vault, {.batch = 2}, source.get_token(), [&](const RewrapCount& count) {
        if (count.seen >= 4) source.request_stop();
      });
  REQUIRE(code_of(stopped) == "ok");
  CHECK_FALSE(stopped->finished);
  CHECK(stopped->rewrapped == 4);
  CHECK(fixture.uses(old) == 6);
  const auto rest = fixture.rewrap();
  CHECK(rest->seen == 10);
  CHECK(rest->rewrapped == 6);
  CHECK(fixture.uses(old) == 0);
}

TEST_CASE("rewrap: waits between batches limit the rate") {
  RewrapFixture fixture;
  for (int i = 0; i < 10; ++i) (void)fixture.make_wallet("user-" + std::to_string(i));
  fixture.rotate(Purpose::wallet_records);
  std::chrono::nanoseconds waited{0};
  int waits = 0;
  const RewrapOptions options{
      .rate = 10, .batch = 5, .wait = [&](std::chrono::nanoseconds time, const std::stop_token&) {
        waited = std::max(waited, time);
        ++waits;
      }};
  REQUIRE(fixture.rewrap(options)->rewrapped == 10);
  CHECK(waits == 2);
  CHECK(waited > std::chrono::milliseconds{500});
  CHECK(waited <= std::chrono::seconds{1});
}

TEST_CASE("rewrap: the subject of a closed wallet is not claimed and can get a new wallet") {
  RewrapFixture fixture;
  const WalletId id = fixture.make_wallet("user-1");
  REQUIRE(code_of(update_wallet(fixture.vault, id, fixture.actor,
                                {.state = WalletState::closed, .locale = {}, .reason = "gone"})) ==
          "ok");
  const KeyId old = fixture.current_key(Purpose::subject_index);
  fixture.rotate(Purpose::subject_index);
  REQUIRE(code_of(fixture.rewrap()) == "ok");
  CHECK(fixture.uses(old) == 0);
  const auto made = fixture.create("user-1");
  REQUIRE(code_of(made) == "ok");
  CHECK(made->created);
  CHECK(made->body != id.text());
}

TEST_CASE("rewrap: a sealed vault answers vault_sealed") {
  RewrapFixture fixture;
  (void)fixture.full_wallet();
  fixture.keyring.close();
  CHECK(code_of(fixture.rewrap()) == "vault_sealed");
  CHECK(code_of(count_key_uses(fixture.vault, {}, [](std::uint64_t) {})) == "vault_sealed");
}

TEST_CASE("key uses: one record of each kind is counted under its key") {
  RewrapFixture fixture;
  const WalletId id = fixture.full_wallet();
  const auto uses = count_key_uses(fixture.vault, {}, [](std::uint64_t) {}).value();
  CHECK(uses.finished);
  CHECK(uses.unreadable == 0);
  const auto of = [&](Purpose purpose) { return uses.count(fixture.current_key(purpose)); };
  CHECK(of(Purpose::wallet_records) == 1);
  CHECK(of(Purpose::pan_wrapping) == 1);
  CHECK(of(Purpose::pan_fingerprint) == 1);
  CHECK(of(Purpose::subject_index) == 1);
  CHECK(of(Purpose::pepper) == 1);
  CHECK(of(Purpose::receipt_signing) == 1);
  CHECK(of(Purpose::token) == 1);
  CHECK(of(Purpose::channel_signing) == 0);
  CHECK(of(Purpose::audit) == fixture.wallet(id).audit.seq);
}

TEST_CASE("key uses: with two keys audit entries and wrapped keys are counted per key") {
  RewrapFixture fixture;
  const WalletId id = fixture.full_wallet();
  const KeyId audit = fixture.current_key(Purpose::audit);
  const KeyId wrapping = fixture.current_key(Purpose::pan_wrapping);
  const auto entries = fixture.wallet(id).audit.seq;
  fixture.rotate(Purpose::audit);
  fixture.rotate(Purpose::pan_wrapping);
  (void)fixture.make_card(id, kMastercard);
  CHECK(fixture.uses(audit) == entries);
  CHECK(fixture.uses(fixture.current_key(Purpose::audit)) == 1);
  CHECK(fixture.uses(wrapping) == 1);
  CHECK(fixture.uses(fixture.current_key(Purpose::pan_wrapping)) == 1);
}

TEST_CASE("key uses: an answer needs its key for a day and then the key can be destroyed") {
  RewrapFixture fixture;
  const WalletId id = fixture.make_wallet();
  const KeyId old = fixture.current_key(Purpose::request_digest);
  const Idempotency kept{.key = KeyedDigests({{digest_of("k"), old}}),
                         .request = KeyedDigests({{digest_of("body"), old}})};
  REQUIRE(code_of(fixture.import(id, kVisa, kept)) == "ok");
  fixture.rotate(Purpose::request_digest);
  REQUIRE(code_of(fixture.rewrap()) == "ok");
  CHECK(fixture.uses(old) == 1);
  fixture.clock.advance(kAnswerLifetime);
  CHECK(fixture.uses(old) == 0);
  CHECK(fixture.rewrap()->rewrapped == 1);
  CHECK(fixture.wallet(id).answers.empty());
  REQUIRE(code_of(fixture.set_key_state(old, KeyState::destroyed)) == "ok");
  CHECK(code_of(fixture.import(id, kMastercard, idempotency("k", "another"))) == "ok");
}

TEST_CASE("key uses: a refusal names the number of uses and the remedy") {
  RewrapFixture fixture;
  (void)fixture.full_wallet();
  const auto uses = count_key_uses(fixture.vault, {}, [](std::uint64_t) {}).value();
  const auto keyring = fixture.keyring.snapshot();
  const auto detail = [&](Purpose purpose) {
    return require_unused(*keyring->current(purpose).value(), KeyState::destroyed, uses)
        .error()
        .detail;
  };
  CHECK(detail(Purpose::pepper).find("1 credentials") != std::string::npos);
  CHECK(detail(Purpose::pepper).find("rewrap") == std::string::npos);
  CHECK(detail(Purpose::pan_wrapping).find("1 card numbers") != std::string::npos);
  CHECK(detail(Purpose::pan_wrapping).find("cardvault key rewrap") != std::string::npos);
}

TEST_CASE("key uses: a retired token key is in use for the longest life of a token") {
  RewrapFixture fixture;
  const KeyId old = fixture.current_key(Purpose::token);
  fixture.rotate(Purpose::token);
  CHECK(fixture.uses(old) == 1);
  fixture.clock.advance(kLongestTokenLife);
  CHECK(fixture.uses(old) == 0);
}

TEST_CASE("key uses: a key in use is refused and a receipt key is never destroyed") {
  RewrapFixture fixture;
  (void)fixture.full_wallet();
  const auto uses = count_key_uses(fixture.vault, {}, [](std::uint64_t) {}).value();
  const auto keyring = fixture.keyring.snapshot();
  const auto verdict = [&](Purpose purpose, KeyState wanted) {
    return code_of(require_unused(*keyring->current(purpose).value(), wanted, uses));
  };
  CHECK(verdict(Purpose::wallet_records, KeyState::destroyed) == "key_in_use");
  CHECK(verdict(Purpose::wallet_records, KeyState::disabled) == "key_in_use");
  CHECK(verdict(Purpose::channel_signing, KeyState::destroyed) == "ok");
  CHECK(verdict(Purpose::receipt_signing, KeyState::destroyed) == "key_in_use");
  CHECK(verdict(Purpose::receipt_signing, KeyState::disabled) == "ok");
  KeyUses unknown = uses;
  unknown.unreadable = 1;
  CHECK(code_of(require_unused(*keyring->current(Purpose::channel_signing).value(),
                               KeyState::destroyed, unknown)) == "key_in_use");
}

}  // namespace cardvault::test
