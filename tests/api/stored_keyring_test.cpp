#include "api/stored_keyring.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <utility>

#include "../crypto/keyring_bytes.h"
#include "crypto/random.h"
#include "vault/store/memory_store.h"

using namespace cardvault;
using namespace cardvault::api;
using namespace cardvault::test;

namespace {

constexpr Time kThen{Seconds{1'700'000'000}};
constexpr Time kNow{Seconds{1'795'420'800}};

/// Protects nothing, and does something else before it does: what another process might.
class TransparentSeal final : public Seal {
 public:
  explicit TransparentSeal(std::function<void()> meanwhile = [] {})
      : meanwhile_(std::move(meanwhile)) {}

  Result<Bytes> protect(const SecretBytes& keyring) override {
    meanwhile_();
    return Bytes(keyring.expose().begin(), keyring.expose().end());
  }
  Result<SecretBytes> unprotect(ByteView protected_keyring) override {
    return SecretBytes::copy_of(protected_keyring);
  }

 private:
  std::function<void()> meanwhile_;
};

struct Fixture {
  SystemRandom random;
  std::unique_ptr<WalletStore> store = make_memory_store();
  Keyring older = up_to(Keyring::generate(kThen, random), 8);

  void save(std::uint64_t version, const Keyring& keyring) {
    const auto record = SealedRecord::from_storage(bytes_of(keyring));
    REQUIRE(store->save_vault_record(VaultRecord::keyring, version, record) ==
            CommitOutcome::committed);
  }
  [[nodiscard]] StoredWallet stored() {
    return store->load_vault_record(VaultRecord::keyring).value().value();
  }
  [[nodiscard]] Result<Keyring> load(TransparentSeal seal = TransparentSeal()) {
    return load_keyring(*store, seal, random, kNow);
  }
};

bool equal(const Bytes& bytes, const StoredWallet& stored) {
  return std::ranges::equal(bytes, stored.record.bytes());
}

}  // namespace

TEST_CASE("stored keyring: a created one is loaded as it was saved, and only created once") {
  Fixture it;
  TransparentSeal seal;
  REQUIRE(create_keyring(*it.store, seal, it.random, kThen).has_value());
  const auto keyring = it.load();
  REQUIRE(keyring.has_value());
  CHECK(equal(bytes_of(*keyring), it.stored()));
  CHECK(it.stored().version == 1);
  const auto again = create_keyring(*it.store, seal, it.random, kThen);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == ErrorCode::write_conflict);
}

TEST_CASE("stored keyring: one of an older version is completed and saved before it is used") {
  Fixture it;
  it.save(0, it.older);
  const auto keyring = it.load();
  REQUIRE(keyring.has_value());
  CHECK(bytes_of(up_to(*keyring, 8)) == bytes_of(it.older));
  CHECK(keyring->current(Purpose::receipt_signing).value()->created_at == kNow);
  CHECK(equal(bytes_of(*keyring), it.stored()));
  CHECK(it.stored().version == 2);
}

TEST_CASE("stored keyring: a completed one is loaded again without another write") {
  Fixture it;
  it.save(0, it.older);
  const auto first = it.load();
  REQUIRE(first.has_value());
  const auto second = it.load();
  REQUIRE(second.has_value());
  CHECK(bytes_of(*second) == bytes_of(*first));
  CHECK(it.stored().version == 2);
}

TEST_CASE("stored keyring: when another process completes it first, its keys are the ones used") {
  Fixture it;
  it.save(0, it.older);
  Keyring theirs = up_to(it.older, 8);
  REQUIRE(theirs.complete(kThen, it.random));
  const auto keyring = it.load(TransparentSeal([&] { it.save(1, theirs); }));
  REQUIRE(keyring.has_value());
  CHECK(bytes_of(*keyring) == bytes_of(theirs));
  CHECK(equal(bytes_of(theirs), it.stored()));
}

TEST_CASE("stored keyring: one that others keep changing is given up as a write conflict") {
  Fixture it;
  it.save(0, it.older);
  const auto keyring = it.load(TransparentSeal([&] { it.save(it.stored().version, it.older); }));
  REQUIRE_FALSE(keyring.has_value());
  CHECK(keyring.error().code == ErrorCode::write_conflict);
}

TEST_CASE("stored keyring: none at all says what to do, a damaged one is not replaced") {
  Fixture it;
  const auto missing = it.load();
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == ErrorCode::key_unavailable);
  CHECK(missing.error().detail.contains("cardvault init"));
  const auto damage = SealedRecord::from_storage(Bytes{1, 2, 3});
  REQUIRE(it.store->save_vault_record(VaultRecord::keyring, 0, damage).has_value());
  const auto damaged = it.load();
  REQUIRE_FALSE(damaged.has_value());
  CHECK(damaged.error().code == ErrorCode::record_corrupt);
  CHECK(it.stored().record == damage);
}
