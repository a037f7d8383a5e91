#include "crypto/keys/life/keyring_keeper.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <filesystem>
#include <utility>

#include "crypto/private_file.h"
#include "tests/crypto/keys/keyring_bytes.h"
#include "tests/vault/shared_vault.h"

using namespace cardvault;
using namespace cardvault::test;

namespace {

constexpr Seconds kYear = std::chrono::hours{24 * 365};

/// A process that created the vault.
struct Single : Shared {
  Process process;

  explicit Single(std::optional<KeyringKeeper::Timing> timing = kTiming)
      : process(*this, "mark", timing) {
    REQUIRE(process.keeper.create(seal, 0).has_value());
  }
};

/// A sealed vault whose root key is in shares.
struct Custody : Shared {
  Ceremony ceremony = Ceremony::make(2, 3, {}, random).value();
  SecretBytes root = SecretBytes::random(kSharedRootSize, random);
  std::vector<Share> shares = split_root(ceremony, root.expose(), random);
  Process process{*this};

  Custody() {
    ShamirSeal in_shares(ceremony, root.clone(), random);
    REQUIRE(process.keeper.create(in_shares, 0).has_value());
    process.keeper.close();
  }
  [[nodiscard]] std::optional<ShareCollector::Progress> progress() {
    return process.keeper.progress(process.keeper.head().value());
  }
};

}  // namespace

TEST_CASE("keeper: a created keyring opens only with its seal") {
  Shared shared;
  Process first(shared);
  REQUIRE(code_of(first.keeper.create(shared.seal, 0)) == "ok");
  CHECK(first.live.is_open());
  CHECK(code_of(first.keeper.create(shared.seal, 0)) == "write_conflict");
  Process second(shared);
  PassphraseSeal other(SecretText(std::string_view("another passphrase")), shared.random);
  CHECK(code_of(second.keeper.open(other)) == "record_corrupt");
  CHECK_FALSE(second.live.is_open());
  REQUIRE(code_of(second.keeper.open(shared.seal)) == "ok");
  CHECK(bytes_of(second.live) == bytes_of(first.live));
}

TEST_CASE("keeper: opening a missing vault fails and the error says what to do") {
  Shared shared;
  Process process(shared);
  const auto opened = process.keeper.open(shared.seal);
  REQUIRE(code_of(opened) == "key_unavailable");
  CHECK(opened.error().detail.contains("cardvault init"));
}

TEST_CASE("keeper: without other processes a rotated purpose encrypts under the new key at once") {
  Single shared(std::nullopt);
  Process& process = shared.process;
  const auto id = process.keeper.rotate(Purpose::token);
  REQUIRE(code_of(id) == "ok");
  CHECK(process.live.current(Purpose::token).value()->id == *id);
}

TEST_CASE("keeper: a new key encrypts only after every process had time to see it") {
  Pair shared;
  auto [first, second] = shared.processes();
  const KeyId id = first.keeper.rotate(Purpose::token).value();
  CHECK(first.live.current(Purpose::token).value()->id != id);
  CHECK(code_of(second.live.find_cached(Purpose::token, id)) == "key_unavailable");
  REQUIRE(code_of(second.keeper.refresh()) == "ok");
  CHECK(code_of(second.live.find_cached(Purpose::token, id)) == "ok");
  let_pass(Seconds{11});
  REQUIRE(code_of(first.keeper.refresh()) == "ok");
  CHECK(first.live.current(Purpose::token).value()->id != id);
  let_pass(Seconds{1});
  REQUIRE(code_of(second.keeper.refresh()) == "ok");
  REQUIRE(code_of(first.keeper.refresh()) == "ok");
  CHECK(first.live.current(Purpose::token).value()->id == id);
  CHECK(second.live.current(Purpose::token).value()->id == id);
}

TEST_CASE("keeper: an unknown key id makes a process look for the key in the store") {
  Pair shared;
  auto [first, second] = shared.processes();
  const KeyId id = first.keeper.rotate(Purpose::audit).value();
  CHECK(code_of(second.live.find(Purpose::audit, id)) == "ok");
}

TEST_CASE("keeper: of two processes that rotate one purpose at once only one adds a key") {
  Pair shared;
  auto [first, second] = shared.processes();
  first.store.before_save = [&, once = false]() mutable {
    if (std::exchange(once, true)) return;
    REQUIRE(code_of(second.keeper.rotate(Purpose::token)) == "ok");
  };
  CHECK(code_of(first.keeper.rotate(Purpose::token)) == "job_running");
  CHECK(first.live.snapshot()->keys().size() == kPurposes.size());
  REQUIRE(code_of(first.keeper.refresh()) == "ok");
  CHECK(bytes_of(first.live) == bytes_of(second.live));
}

TEST_CASE("keeper: of two processes that renew due keys at once only one adds the keys") {
  Pair shared;
  auto [first, second] = shared.processes();
  shared.clock.advance(kYear - kYear / 10);
  first.store.before_save = [&, once = false]() mutable {
    if (std::exchange(once, true)) return;
    REQUIRE(code_of(second.keeper.renew_due()) == "ok");
    REQUIRE(second.live.snapshot()->waiting().size() == 6);
  };
  CHECK(code_of(first.keeper.renew_due()) == "ok");
  CHECK(first.live.snapshot()->waiting().size() == 6);
  CHECK(bytes_of(first.live) == bytes_of(second.live));
  shared.clock.advance(kYear);
  CHECK(code_of(first.live.current(Purpose::token)) == "ok");
}

TEST_CASE(
    "keeper: after a jump past the end a process renews a purpose promoted elsewhere unseen") {
  Pair shared;
  auto [first, second] = shared.processes();
  second.keeper.renew_ended();
  shared.clock.advance(kYear - kYear / 10);
  REQUIRE(code_of(first.keeper.renew_due()) == "ok");
  let_pass(kTiming.promote_after - Seconds{1});
  REQUIRE(code_of(second.keeper.refresh()) == "ok");
  let_pass(Seconds{1});
  REQUIRE(code_of(first.keeper.refresh()) == "ok");
  REQUIRE(first.live.snapshot()->waiting().empty());
  REQUIRE(second.live.snapshot()->waiting().size() == 6);
  shared.clock.advance(2 * kYear);
  CHECK(code_of(second.live.current(Purpose::token)) == "ok");
}

TEST_CASE("keeper: two processes that rotate two purposes at once both get their key") {
  Pair shared;
  auto [first, second] = shared.processes();
  first.store.before_save = [&, once = false]() mutable {
    if (std::exchange(once, true)) return;
    REQUIRE(code_of(second.keeper.rotate(Purpose::audit)) == "ok");
  };
  CHECK(code_of(first.keeper.rotate(Purpose::token)) == "ok");
  CHECK(first.live.snapshot()->keys().size() == kPurposes.size() + 2);
}

TEST_CASE("keeper: a process that cannot confirm the keyring opens records but seals none") {
  Single shared(KeyringKeeper::Timing{.lease = std::chrono::seconds{0}});
  Process& process = shared.process;
  const KeyId id = process.live.find(Purpose::token, 5).value()->id;
  process.store.record_loads_fail = true;
  CHECK(code_of(process.live.current(Purpose::token)) == "key_unavailable");
  CHECK(code_of(process.live.find(Purpose::token, id)) == "ok");
}

TEST_CASE(
    "keeper: a store put back to an older keyring is refused wherever the newer one was seen") {
  Single shared;
  Process& process = shared.process;
  const auto older = shared.stored();
  REQUIRE(code_of(process.keeper.rotate(Purpose::token)) == "ok");
  shared.put_back(older);
  CHECK(code_of(process.keeper.refresh()) == "keyring_rolled_back");
  CHECK(code_of(process.keeper.rotate(Purpose::audit)) == "keyring_rolled_back");
  Process next(shared);
  CHECK(code_of(next.keeper.open(shared.seal)) == "keyring_rolled_back");
  Process elsewhere(shared, "another mark");
  CHECK(code_of(elsewhere.keeper.open(shared.seal)) == "ok");
}

TEST_CASE("keeper: a malformed mark is not treated as a missing one") {
  Single shared;
  REQUIRE(replace_private_file(shared.directory.path() / "mark", "many", "mark").has_value());
  Process next(shared);
  CHECK(code_of(next.keeper.open(shared.seal)) == "key_unavailable");
}

TEST_CASE("keeper: a closed keeper answers vault_sealed, changes nothing and opens again") {
  Single shared;
  Process& process = shared.process;
  process.keeper.close();
  CHECK(code_of(process.live.current(Purpose::token)) == "vault_sealed");
  CHECK(code_of(process.keeper.rotate(Purpose::token)) == "vault_sealed");
  CHECK(code_of(process.keeper.set_state(5, KeyState::disabled)) == "vault_sealed");
  CHECK(code_of(process.keeper.reseal(shared.seal, nullptr)) == "vault_sealed");
  CHECK(code_of(process.keeper.refresh()) == "ok");
  CHECK_FALSE(process.live.is_open());
  CHECK(shared.stored().version == 1);
  CHECK(code_of(process.keeper.open(shared.seal)) == "ok");
}

TEST_CASE("keeper: after a change of the seal the old seal fails and the keys are the same") {
  Single shared;
  Process& process = shared.process;
  const Bytes before = bytes_of(process.live);
  PassphraseSeal next(SecretText(std::string_view("staple of the other kind")), shared.random);
  REQUIRE(code_of(process.keeper.reseal(next, nullptr)) == "ok");
  REQUIRE(code_of(process.keeper.rotate(Purpose::token)) == "ok");
  Process again(shared);
  CHECK(code_of(again.keeper.open(shared.seal)) == "record_corrupt");
  REQUIRE(code_of(again.keeper.open(next)) == "ok");
  CHECK(again.live.snapshot()->keys().size() == kPurposes.size() + 1);
  const Bytes after = bytes_of(up_to(*again.live.snapshot(), 10));
  CHECK(std::ranges::equal(ByteView(after).subspan(kFirstEntryAt),
                           ByteView(before).subspan(kFirstEntryAt)));
}

TEST_CASE("keeper: after another process changed the seal a process works until the keys change") {
  Pair shared;
  auto [first, second] = shared.processes();
  PassphraseSeal next(SecretText(std::string_view("staple of the other kind")), shared.random);
  REQUIRE(code_of(first.keeper.reseal(next, nullptr)) == "ok");
  CHECK(code_of(second.keeper.refresh()) == "ok");
  CHECK(code_of(second.live.current(Purpose::token)) == "ok");
  CHECK(code_of(second.keeper.rotate(Purpose::token)) == "key_unavailable");
  REQUIRE(code_of(first.keeper.rotate(Purpose::token)) == "ok");
  CHECK(code_of(second.keeper.refresh()) == "key_unavailable");
}

TEST_CASE("keeper: rotation replaces an expired key, also when the clock is then set back") {
  Single shared(std::nullopt);
  Process& process = shared.process;
  shared.clock.advance(kYear);
  CHECK(code_of(process.live.current(Purpose::wallet_records)) == "key_expired");
  REQUIRE(code_of(process.keeper.rotate(Purpose::wallet_records)) == "ok");
  CHECK(code_of(process.live.current(Purpose::wallet_records)) == "ok");
  shared.clock.advance(-2 * kYear);
  CHECK(code_of(process.live.current(Purpose::wallet_records)) == "ok");
}

TEST_CASE("keeper: custodians open the vault one share at a time in any order") {
  Custody custody;
  KeyringKeeper& keeper = custody.process.keeper;
  CHECK(custody.progress() == ShareCollector::Progress{0, 2});
  CHECK(keeper.offer_share(custody.shares[2].text()) == false);
  CHECK(custody.progress() == ShareCollector::Progress{1, 2});
  CHECK(code_of(keeper.offer_share(custody.shares[2].text())) == "share_refused");
  CHECK(keeper.offer_share(custody.shares[1].text()) == true);
  CHECK(custody.process.live.is_open());
  CHECK_FALSE(custody.progress());
}

TEST_CASE("keeper: present custodians admit new ones and only the new shares open the vault") {
  Custody custody;
  KeyringKeeper& keeper = custody.process.keeper;
  const Ceremony next = Ceremony::make(3, 4, {}, custody.random).value();
  ShamirSeal same_root(next, custody.root.clone(), custody.random);
  CHECK(code_of(keeper.reseal(same_root, nullptr)) == "vault_sealed");
  for (const std::size_t i : {0U, 1U}) {
    REQUIRE(code_of(keeper.offer_share(custody.shares[i].text())) == "ok");
  }
  CHECK(code_of(keeper.reseal(same_root, nullptr)) == "share_refused");
  ShamirSeal strangers(custody.ceremony, SecretBytes::random(kSharedRootSize, custody.random),
                       custody.random);
  CHECK(code_of(keeper.reseal(same_root, &strangers)) == "share_refused");
  CHECK(custody.stored().version == 1);
  ShamirSeal present(custody.ceremony, custody.root.clone(), custody.random);
  REQUIRE(code_of(keeper.reseal(same_root, &present)) == "ok");
  const auto shares = split_root(next, custody.root.expose(), custody.random);
  keeper.close();
  CHECK(code_of(keeper.offer_share(custody.shares[0].text())) == "share_refused");
  for (const std::size_t i : {0U, 3U}) CHECK(keeper.offer_share(shares[i].text()) == false);
  CHECK(keeper.offer_share(shares[1].text()) == true);
}

TEST_CASE("keeper: a clock set forward promotes no key early") {
  Single shared;
  Process& process = shared.process;
  const KeyId id = process.keeper.rotate(Purpose::token).value();
  shared.clock.advance(Seconds{3600});
  REQUIRE(code_of(process.keeper.refresh()) == "ok");
  CHECK(process.live.current(Purpose::token).value()->id != id);
  shared.clock.advance(-Seconds{7200});
  let_pass(Seconds{12});
  REQUIRE(code_of(process.keeper.refresh()) == "ok");
  CHECK(process.live.current(Purpose::token).value()->id == id);
}

TEST_CASE("keeper: a process promotes a key only after its own wait, however old the key is") {
  Pair shared;
  auto [first, second] = shared.processes();
  const KeyId id = first.keeper.rotate(Purpose::token).value();
  let_pass(Seconds{12});
  REQUIRE(code_of(second.keeper.refresh()) == "ok");
  CHECK(second.live.current(Purpose::token).value()->id != id);
  let_pass(Seconds{12});
  REQUIRE(code_of(second.keeper.refresh()) == "ok");
  CHECK(second.live.current(Purpose::token).value()->id == id);
}

TEST_CASE("keeper: a process without others promotes the key that a shared store left waiting") {
  Single shared;
  const KeyId id = shared.process.keeper.rotate(Purpose::token).value();
  Process alone(shared, "mark", std::nullopt);
  REQUIRE(code_of(alone.keeper.open(shared.seal)) == "ok");
  const auto next = alone.keeper.rotate(Purpose::token);
  REQUIRE(code_of(next) == "ok");
  CHECK(alone.live.current(Purpose::token).value()->id == *next);
  CHECK(alone.live.snapshot()->keys().at(id).promoted_at.has_value());
}

TEST_CASE("keeper: shares of an abandoned ceremony are forgotten after ten minutes") {
  Custody custody;
  KeyringKeeper& keeper = custody.process.keeper;
  REQUIRE(keeper.offer_share(custody.shares[0].text()) == false);
  let_pass(ShareCollector::kPatience);
  REQUIRE(code_of(keeper.refresh()) == "ok");
  let_pass(-ShareCollector::kPatience);
  CHECK(custody.progress() == ShareCollector::Progress{0, 2});
}

TEST_CASE(
    "keeper: a store put back to the previous seal is refused, also if the change seemed to fail") {
  const bool seems_to_fail = GENERATE(false, true);
  Single shared;
  const auto older = shared.stored();
  PassphraseSeal next(SecretText(std::string_view("staple of the other kind")), shared.random);
  shared.process.store.saves_seem_to_fail = seems_to_fail;
  CHECK(code_of(shared.process.keeper.reseal(next, nullptr)) ==
        (seems_to_fail ? "store_unavailable" : "ok"));
  shared.put_back(older);
  Process again(shared);
  CHECK(code_of(again.keeper.open(shared.seal)) == "keyring_rolled_back");
}

TEST_CASE("keeper: a rolled-back keyring in shares is refused before shares are used up") {
  Custody custody;
  KeyringKeeper& keeper = custody.process.keeper;
  const auto older = custody.stored();
  REQUIRE(keeper.offer_share(custody.shares[0].text()) == false);
  REQUIRE(keeper.offer_share(custody.shares[1].text()) == true);
  REQUIRE(code_of(keeper.rotate(Purpose::token)) == "ok");
  keeper.close();
  REQUIRE(keeper.offer_share(custody.shares[0].text()) == false);
  const auto newer = custody.stored();
  custody.put_back(older);
  CHECK(code_of(keeper.offer_share(custody.shares[1].text())) == "keyring_rolled_back");
  custody.put_back(newer);
  CHECK(keeper.offer_share(custody.shares[1].text()) == true);
}

TEST_CASE("keeper: a process detects that its seemingly failed change of the seal was committed") {
  Single shared;
  Process& process = shared.process;
  const KeyId waiting = process.keeper.rotate(Purpose::audit).value();
  PassphraseSeal next(SecretText(std::string_view("staple of the other kind")), shared.random);
  process.store.saves_seem_to_fail = true;
  CHECK(code_of(process.keeper.reseal(next, nullptr)) == "store_unavailable");
  process.store.saves_seem_to_fail = false;
  let_pass(Seconds{12});
  REQUIRE(code_of(process.keeper.refresh()) == "ok");
  CHECK(process.live.current(Purpose::audit).value()->id == waiting);
  Process again(shared);
  CHECK(code_of(again.keeper.open(next)) == "ok");
}

TEST_CASE("keeper: a stored seal kind that was tampered with is not trusted") {
  Custody custody;
  KeyringKeeper& keeper = custody.process.keeper;
  REQUIRE(keeper.offer_share(custody.shares[0].text()) == false);
  REQUIRE(keeper.offer_share(custody.shares[1].text()) == true);
  StoredWallet changed = custody.stored();
  Bytes bytes(changed.record.bytes().begin(), changed.record.bytes().end());
  bytes[1] = static_cast<std::uint8_t>(SealKind::passphrase);
  changed.record = SealedRecord::from_storage(std::move(bytes));
  custody.put_back(changed);
  CHECK(code_of(keeper.reseal(custody.seal, nullptr)) == "key_unavailable");
}

TEST_CASE("keeper: a lease starts when the store read starts, however late the answer comes") {
  Single shared;
  Process& process = shared.process;
  process.store.after_record_load = [] { let_pass(Seconds{10}); };
  REQUIRE(code_of(process.keeper.refresh()) == "ok");
  CHECK(code_of(process.live.current(Purpose::token)) == "key_unavailable");
  process.store.after_record_load = nullptr;
  CHECK(code_of(process.live.current(Purpose::token)) == "ok");
}

TEST_CASE("keeper: a slow seal blocks neither reads nor the close of the keeper") {
  struct SlowSeal final : Seal {
    explicit SlowSeal(Single& vault) : beside(&vault) {}
    [[nodiscard]] SealKind kind() const override { return SealKind::passphrase; }
    Result<Bytes> wrap(const SecretBytes& key) override {
      CHECK(code_of(beside->process.keeper.refresh()) == "ok");
      CHECK(code_of(beside->process.live.current(Purpose::token)) == "ok");
      beside->process.keeper.close();
      return beside->seal.wrap(key);
    }
    Result<SecretBytes> unwrap(ByteView wrapped) override { return beside->seal.unwrap(wrapped); }
    Single* beside;
  };
  Single shared;
  SlowSeal slow(shared);
  CHECK(code_of(shared.process.keeper.reseal(slow, nullptr)) == "vault_sealed");
  CHECK(shared.stored().version == 1);
}
