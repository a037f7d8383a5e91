#include "api/keys/keyring_keeper.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <utility>

#include "../crypto/keyring_bytes.h"
#include "../vault/hooked_store.h"
#include "crypto/private_file.h"
#include "crypto/random.h"
#include "crypto/seals/passphrase_seal.h"
#include "tests/support/temp_directory.h"
#include "vault/store/memory_store.h"

using namespace cardvault;
using namespace cardvault::api;
using namespace cardvault::test;

namespace {

const Time kStart{Seconds{1'795'420'800}};
constexpr Seconds kYear = std::chrono::hours{24 * 365};

/// A store with a vault, and whoever opens it.
struct Shared {
  SystemRandom random;
  FixedClock base{kStart};
  AdjustableClock clock{base};
  std::unique_ptr<WalletStore> store = make_memory_store();
  TempDirectory directory;
  PassphraseSeal seal{SecretText(std::string_view("correct horse battery")), random,
                      PasswordCost{.passes = 1, .memory_kib = 8 * 1024}};
  Ceremony ceremony = Ceremony::make(2, 3, {}, random).value();

  [[nodiscard]] StoredWallet stored() const {
    return store->load_vault_record(VaultRecord::keyring).value().value();
  }
  void put_back(const StoredWallet& older) {
    REQUIRE(store->save_vault_record(VaultRecord::keyring, stored().version, older.record) ==
            CommitOutcome::committed);
  }
};

/// One process of several.
struct Process {
  explicit Process(Shared& shared, const std::string& mark = "mark",
                   std::optional<KeyringKeeper::Timing> timing = KeyringKeeper::Timing{})
      : store(*shared.store),
        live(shared.clock),
        keeper(store, live, shared.random, shared.clock,
               KeyringMark(shared.directory.path() / mark), timing) {}

  HookedStore store;
  LiveKeyring live;
  KeyringKeeper keeper;
};

/// Two processes over one vault.
struct Pair : Shared {
  Process first{*this};
  Process second{*this};

  [[nodiscard]] std::pair<Process&, Process&> processes() { return {first, second}; }
  Pair() {
    REQUIRE(first.keeper.create(seal, 0).has_value());
    REQUIRE(second.keeper.open(seal).has_value());
  }
};

/// A process that made the vault.
struct Single : Shared {
  Process process;

  explicit Single(std::optional<KeyringKeeper::Timing> timing = KeyringKeeper::Timing{})
      : process(*this, "mark", timing) {
    REQUIRE(process.keeper.create(seal, 0).has_value());
  }
};

/// One whose root key is in shares, sealed.
struct Custody : Shared {
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

template <class T>
std::string_view code_of(const Result<T>& outcome) {
  return outcome ? "ok" : error_code_name(outcome.error().code);
}

}  // namespace

TEST_CASE("keeper: a created keyring opens again with the seal, and only with it") {
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

TEST_CASE("keeper: without a vault opening says what to do") {
  Shared shared;
  Process process(shared);
  const auto opened = process.keeper.open(shared.seal);
  REQUIRE(code_of(opened) == "key_unavailable");
  CHECK(opened.error().detail.contains("cardvault init"));
}

TEST_CASE("keeper: alone, a rotated purpose encrypts under the new key at once") {
  Single shared(std::nullopt);
  Process& process = shared.process;
  const auto id = process.keeper.rotate(Purpose::token);
  REQUIRE(code_of(id) == "ok");
  CHECK(process.live.current(Purpose::token).value()->id == *id);
}

TEST_CASE("keeper: a new key encrypts nowhere before every process had the time to see it") {
  Pair shared;
  auto [first, second] = shared.processes();
  const KeyId id = first.keeper.rotate(Purpose::token).value();
  CHECK(first.live.current(Purpose::token).value()->id != id);
  CHECK(code_of(second.live.find_here(Purpose::token, id)) == "key_unavailable");
  REQUIRE(code_of(second.keeper.look()) == "ok");
  CHECK(code_of(second.live.find_here(Purpose::token, id)) == "ok");
  shared.clock.advance(Seconds{11});
  REQUIRE(code_of(first.keeper.look()) == "ok");
  CHECK(first.live.current(Purpose::token).value()->id != id);
  shared.clock.advance(Seconds{1});
  REQUIRE(code_of(second.keeper.look()) == "ok");
  REQUIRE(code_of(first.keeper.look()) == "ok");
  CHECK(first.live.current(Purpose::token).value()->id == id);
  CHECK(second.live.current(Purpose::token).value()->id == id);
}

TEST_CASE("keeper: a record of a key that another process added makes this one look for it") {
  Pair shared;
  auto [first, second] = shared.processes();
  const KeyId id = first.keeper.rotate(Purpose::audit).value();
  CHECK(code_of(second.live.find(Purpose::audit, id)) == "ok");
}

TEST_CASE("keeper: of two processes that rotate one purpose at once only one key comes of it") {
  Pair shared;
  auto [first, second] = shared.processes();
  first.store.before_save = [&, once = false]() mutable {
    if (std::exchange(once, true)) return;
    REQUIRE(code_of(second.keeper.rotate(Purpose::token)) == "ok");
  };
  CHECK(code_of(first.keeper.rotate(Purpose::token)) == "job_running");
  CHECK(first.live.snapshot()->keys().size() == kPurposes.size());
  REQUIRE(code_of(first.keeper.look()) == "ok");
  CHECK(bytes_of(first.live) == bytes_of(second.live));
}

TEST_CASE("keeper: two processes that rotate two purposes at once both have their key") {
  Pair shared;
  auto [first, second] = shared.processes();
  first.store.before_save = [&, once = false]() mutable {
    if (std::exchange(once, true)) return;
    REQUIRE(code_of(second.keeper.rotate(Purpose::audit)) == "ok");
  };
  CHECK(code_of(first.keeper.rotate(Purpose::token)) == "ok");
  CHECK(first.live.snapshot()->keys().size() == kPurposes.size() + 2);
}

TEST_CASE("keeper: a process that cannot confirm the keyring makes nothing new under it") {
  Single shared(KeyringKeeper::Timing{.lease = std::chrono::seconds{0}});
  Process& process = shared.process;
  const KeyId id = process.live.find(Purpose::token, 5).value()->id;
  process.store.record_loads_fail = true;
  CHECK(code_of(process.live.current(Purpose::token)) == "key_unavailable");
  CHECK(code_of(process.live.find(Purpose::token, id)) == "ok");
}

TEST_CASE(
    "keeper: a store put back to an older keyring is refused by those who saw the newer one") {
  Single shared;
  Process& process = shared.process;
  const auto older = shared.stored();
  REQUIRE(code_of(process.keeper.rotate(Purpose::token)) == "ok");
  shared.put_back(older);
  CHECK(code_of(process.keeper.look()) == "keyring_rolled_back");
  CHECK(code_of(process.keeper.rotate(Purpose::audit)) == "keyring_rolled_back");
  Process next(shared);
  CHECK(code_of(next.keeper.open(shared.seal)) == "keyring_rolled_back");
  Process elsewhere(shared, "another mark");
  CHECK(code_of(elsewhere.keeper.open(shared.seal)) == "ok");
}

TEST_CASE("keeper: a mark that holds no number is not taken for none") {
  Single shared;
  REQUIRE(replace_private_file(shared.directory.path() / "mark", "many", "mark").has_value());
  Process next(shared);
  CHECK(code_of(next.keeper.open(shared.seal)) == "key_unavailable");
}

TEST_CASE("keeper: closed, it answers vault_sealed, changes nothing and opens again") {
  Single shared;
  Process& process = shared.process;
  process.keeper.close();
  CHECK(code_of(process.live.current(Purpose::token)) == "vault_sealed");
  CHECK(code_of(process.keeper.rotate(Purpose::token)) == "vault_sealed");
  CHECK(code_of(process.keeper.set_state(5, KeyState::disabled)) == "vault_sealed");
  CHECK(code_of(process.keeper.seal_anew(shared.seal)) == "vault_sealed");
  CHECK(code_of(process.keeper.look()) == "ok");
  CHECK_FALSE(process.live.is_open());
  CHECK(shared.stored().version == 1);
  CHECK(code_of(process.keeper.open(shared.seal)) == "ok");
}

TEST_CASE(
    "keeper: after the change of the seal the old one opens nothing, and the keys are the same") {
  Single shared;
  Process& process = shared.process;
  const Bytes before = bytes_of(process.live);
  PassphraseSeal next(SecretText(std::string_view("staple of the other kind")), shared.random);
  REQUIRE(code_of(process.keeper.seal_anew(next)) == "ok");
  REQUIRE(code_of(process.keeper.rotate(Purpose::token)) == "ok");
  Process again(shared);
  CHECK(code_of(again.keeper.open(shared.seal)) == "record_corrupt");
  REQUIRE(code_of(again.keeper.open(next)) == "ok");
  CHECK(again.live.snapshot()->keys().size() == kPurposes.size() + 1);
  CHECK(bytes_of(up_to(*again.live.snapshot(), 10)).size() == before.size());
}

TEST_CASE("keeper: a process that ran through a change of the seal goes on until the keys change") {
  Pair shared;
  auto [first, second] = shared.processes();
  PassphraseSeal next(SecretText(std::string_view("staple of the other kind")), shared.random);
  REQUIRE(code_of(first.keeper.seal_anew(next)) == "ok");
  CHECK(code_of(second.keeper.look()) == "ok");
  CHECK(code_of(second.live.current(Purpose::token)) == "ok");
  CHECK(code_of(second.keeper.rotate(Purpose::token)) == "key_unavailable");
  REQUIRE(code_of(first.keeper.rotate(Purpose::token)) == "ok");
  CHECK(code_of(second.keeper.look()) == "key_unavailable");
}

TEST_CASE("keeper: an expired key is replaced by rotation, also after the clock has jumped") {
  Single shared(std::nullopt);
  Process& process = shared.process;
  shared.clock.advance(kYear);
  CHECK(code_of(process.live.current(Purpose::wallet_records)) == "key_expired");
  REQUIRE(code_of(process.keeper.rotate(Purpose::wallet_records)) == "ok");
  CHECK(code_of(process.live.current(Purpose::wallet_records)) == "ok");
  shared.clock.advance(-2 * kYear);
  CHECK(code_of(process.live.current(Purpose::wallet_records)) == "ok");
}

TEST_CASE("keeper: custodians open it, one share after the other, in any order") {
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

TEST_CASE("keeper: new custodians' shares open the vault, and the old ones do not any more") {
  Custody custody;
  KeyringKeeper& keeper = custody.process.keeper;
  const Ceremony next = Ceremony::make(3, 4, {}, custody.random).value();
  ShamirSeal same_root(next, custody.root.clone(), custody.random);
  CHECK(code_of(keeper.seal_anew(same_root)) == "vault_sealed");
  for (const std::size_t i : {0U, 1U}) {
    REQUIRE(code_of(keeper.offer_share(custody.shares[i].text())) == "ok");
  }
  REQUIRE(code_of(keeper.seal_anew(same_root)) == "ok");
  const auto shares = split_root(next, custody.root.expose(), custody.random);
  keeper.close();
  CHECK(code_of(keeper.offer_share(custody.shares[0].text())) == "share_refused");
  for (const std::size_t i : {0U, 3U}) CHECK(keeper.offer_share(shares[i].text()) == false);
  CHECK(keeper.offer_share(shares[1].text()) == true);
}
