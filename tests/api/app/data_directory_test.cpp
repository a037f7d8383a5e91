#include "api/app/data_directory.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/keys/error_codes.h"
#include "crypto/keys/seals/key_file_seal.h"
#include "crypto/private_file.h"
#include "crypto/random.h"
#include "tests/crypto/keys/keyring_bytes.h"
#include "vault/storage/sqlite/sqlite_store.h"

using namespace cardvault;
using namespace cardvault::api;
using namespace cardvault::test;
namespace fs = std::filesystem;

namespace {

constexpr Time kThen{Seconds{1'700'000'000}};
/// Within the keys' cryptoperiod.
constexpr Seconds kLater{25'920'000};

class TemporaryVault {
 public:
  TemporaryVault() {
    std::string name = (fs::temp_directory_path() / "cardvault-data-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
  }
  ~TemporaryVault() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  TemporaryVault(const TemporaryVault&) = delete;
  TemporaryVault& operator=(const TemporaryVault&) = delete;

  [[nodiscard]] DataPaths paths(SealOptions seal = {}) const {
    return DataPaths::in(folder_ / "data", std::move(seal));
  }

  /// Leaves `keyring` in the store as an older version had it: the keys up to `last`. Without the
  /// signing purposes these are eight.
  void age(const Keyring& keyring, KeyId last = 8) {
    const auto seal = KeyFileSeal::open(root_key(), random).value();
    const auto key = KeyringKey::make(*seal, 1, random).value();
    const auto store = open_sqlite_store(paths().directory).value();
    const auto stored = store->load_vault_record(VaultRecord::keyring).value();
    const auto sealed = SealedRecord::from_storage(key.seal(up_to(keyring, last), random));
    REQUIRE(store->save_vault_record(VaultRecord::keyring, stored ? stored->version : 0, sealed) ==
            CommitOutcome::committed);
  }
  [[nodiscard]] Result<OpenData> try_open(OnSealed on_sealed = OnSealed::fail) {
    return open_data(paths(), random, clock, on_sealed);
  }
  [[nodiscard]] OpenData open() { return try_open().value(); }
  [[nodiscard]] Result<NewVault> initialize(SealOptions seal = {}) {
    return initialize_data(paths(std::move(seal)), random, clock, keep);
  }
  [[nodiscard]] SealOptions in_shares() const {
    return {.kind = SealKind::shamir, .shares = 3, .threshold = 2};
  }

  SystemRandom random;
  FixedClock base{kThen};
  AdjustableClock clock{base};
  KeepShares keep = [](const Ceremony&, const std::vector<Share>&) { return Status(); };

 private:
  [[nodiscard]] fs::path root_key() const { return paths().seal.root_key_file; }

  fs::path folder_;
};

template <class T>
ErrorCode code_of(const Result<T>& outcome) {
  return outcome ? ErrorCode::internal : outcome.error().code;
}

}  // namespace

TEST_CASE("data directory: a vault of an older version opens and gets signing keys that stay") {
  TemporaryVault vault;
  REQUIRE(vault.initialize().has_value());
  const Bytes before = bytes_of(up_to(*vault.open().keyring->snapshot(), 8));
  fs::remove(vault.paths().mark());
  vault.age(*vault.open().keyring->snapshot());
  fs::remove(vault.paths().mark());
  vault.clock.advance(kLater);
  const Bytes opened = bytes_of(*vault.open().keyring);
  CHECK(opened.size() == entry_at(11));
  CHECK(std::equal(before.begin() + kFirstEntryAt, before.end(), opened.begin() + kFirstEntryAt));
  vault.clock.advance(Seconds{1});
  CHECK(bytes_of(*vault.open().keyring) == opened);
}

TEST_CASE("data directory: a vault completed by an older version opens repeatedly") {
  TemporaryVault vault;
  REQUIRE(vault.initialize().has_value());
  const Bytes before = bytes_of(*vault.open().keyring);
  vault.age(*vault.open().keyring->snapshot(), 10);
  fs::remove(vault.paths().mark());
  CHECK(bytes_of(*vault.open().keyring) == before);
  REQUIRE(vault.open().keeper->rotate(Purpose::token).has_value());
  CHECK(vault.open().keyring->snapshot()->keys().size() == kPurposes.size() + 1);
}

TEST_CASE("data directory: init continues with the keyring left by a crash of an older version") {
  TemporaryVault vault;
  fs::create_directories(vault.paths().directory);
  REQUIRE(KeyFileSeal::create(vault.paths().seal.root_key_file, vault.random).has_value());
  const Keyring left = Keyring::generate(kThen, vault.random);
  vault.age(left);
  vault.clock.advance(kLater);
  REQUIRE(vault.initialize().has_value());
  const OpenData data = vault.open();
  CHECK(bytes_of(up_to(*data.keyring->snapshot(), 8)).size() == bytes_of(up_to(left, 8)).size());
  CHECK(data.keyring->snapshot()->keys().at(1).created_at == kThen);
  CHECK(data.keyring->current(Purpose::channel_signing).value()->created_at == kThen + kLater);
}

TEST_CASE("data directory: a vault in shares opens sealed only if the caller allows it") {
  TemporaryVault vault;
  const auto made = vault.initialize(vault.in_shares());
  REQUIRE(made.has_value());
  CHECK(made->shares.size() == 3);
  CHECK(code_of(vault.try_open()) == KeyError::vault_sealed);
  const OpenData data = vault.try_open(OnSealed::open_sealed).value();
  CHECK_FALSE(data.keyring->is_open());
  CHECK(data.keeper->offer_share(made->shares[2].text()) == false);
  CHECK(data.keeper->offer_share(made->shares[0].text()) == true);
  CHECK(data.keyring->is_open());
}

TEST_CASE("data directory: if shares cannot be handed out no vault is made and a retry makes one") {
  TemporaryVault vault;
  const auto keep = std::exchange(vault.keep, [](const Ceremony&, const std::vector<Share>&) {
    return fail(ErrorCode::store_unavailable, "The printer is on fire.");
  });
  CHECK(code_of(vault.initialize(vault.in_shares())) == ErrorCode::store_unavailable);
  CHECK_FALSE(open_sqlite_store(vault.paths().directory)
                  .value()
                  ->load_vault_record(VaultRecord::keyring)
                  .value());
  vault.keep = keep;
  CHECK(vault.initialize(vault.in_shares()).has_value());
}

TEST_CASE("data directory: without any client init replaces a keyring in shares and its shares") {
  TemporaryVault vault;
  const auto first = vault.initialize(vault.in_shares()).value();
  {
    const auto store = open_sqlite_store(vault.paths().directory).value();
    const auto keyring = store->load_vault_record(VaultRecord::keyring).value().value();
    fs::remove(vault.paths().database());
    fs::remove(vault.paths().database().string() + "-wal");
    fs::remove(vault.paths().database().string() + "-shm");
    const auto fresh = open_sqlite_store(vault.paths().directory).value();
    REQUIRE(fresh->save_vault_record(VaultRecord::keyring, 0, keyring.record).has_value());
  }
  const auto second = vault.initialize(vault.in_shares()).value();
  const OpenData data = vault.try_open(OnSealed::open_sealed).value();
  CHECK(code_of(data.keeper->offer_share(first.shares[0].text())) == KeyError::share_refused);
  CHECK(data.keeper->offer_share(second.shares[0].text()) == false);
  CHECK(data.keeper->offer_share(second.shares[1].text()) == true);
}

TEST_CASE(
    "data directory: a keyring put back to an older state is refused until its mark is removed") {
  TemporaryVault vault;
  REQUIRE(vault.initialize().has_value());
  const auto load = [&] {
    const auto store = open_sqlite_store(vault.paths().directory).value();
    return store->load_vault_record(VaultRecord::keyring).value().value();
  };
  const auto older = load();
  REQUIRE(vault.open().keeper->rotate(Purpose::token).has_value());
  {
    const auto store = open_sqlite_store(vault.paths().directory).value();
    const auto now = store->load_vault_record(VaultRecord::keyring).value().value();
    REQUIRE(store->save_vault_record(VaultRecord::keyring, now.version, older.record) ==
            CommitOutcome::committed);
  }
  CHECK(code_of(vault.try_open()) == KeyError::keyring_rolled_back);
  fs::remove(vault.paths().mark());
  CHECK(vault.try_open().has_value());
}

TEST_CASE("data directory: a vault with a flipped bit in its keyring does not open") {
  TemporaryVault vault;
  REQUIRE(vault.initialize().has_value());
  const auto store = open_sqlite_store(vault.paths().directory).value();
  const auto stored = store->load_vault_record(VaultRecord::keyring).value().value();
  Bytes bytes(stored.record.bytes().begin(), stored.record.bytes().end());
  bytes[bytes.size() / 2] ^= 1;
  REQUIRE(store->save_vault_record(VaultRecord::keyring, stored.version,
                                   SealedRecord::from_storage(bytes)) == CommitOutcome::committed);
  CHECK(code_of(vault.try_open()) == ErrorCode::record_corrupt);
}

TEST_CASE("data directory: a vault opens only with the kind of seal that made it") {
  TemporaryVault vault;
  REQUIRE(vault.initialize().has_value());
  const auto opened =
      open_data(vault.paths({.kind = SealKind::passphrase}), vault.random, vault.clock);
  CHECK(code_of(opened) == CryptoError::key_unavailable);
}
