#include "api/data_directory.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <stdexcept>

#include "../crypto/keyring_bytes.h"
#include "crypto/random.h"
#include "crypto/seals/key_file_seal.h"
#include "vault/store/sqlite_store.h"

using namespace cardvault;
using namespace cardvault::api;
using namespace cardvault::test;
namespace fs = std::filesystem;

namespace {

constexpr Time kThen{Seconds{1'700'000'000}};
constexpr Time kNow{Seconds{1'795'420'800}};

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

  [[nodiscard]] DataPaths paths() const { return DataPaths::in(folder_ / "data", ""); }

  /// Leaves `keyring` in the store as an older version had it, without the signing purposes.
  void age(const Keyring& keyring) {
    const auto store = open_sqlite_store(paths().directory).value();
    const auto seal = KeyFileSeal::open(paths().root_key, random_).value();
    const auto stored = store->load_vault_record(VaultRecord::keyring).value();
    const auto older = seal->protect(up_to(keyring, 8).serialize()).value();
    REQUIRE(store->save_vault_record(VaultRecord::keyring, stored ? stored->version : 0,
                                     SealedRecord::from_storage(older)) ==
            CommitOutcome::committed);
  }
  [[nodiscard]] OpenData open(Time now) { return open_data(paths(), random_, now).value(); }
  [[nodiscard]] Result<AddedClient> initialize(Time now) {
    return initialize_data(paths(), random_, now);
  }

 private:
  fs::path folder_;
  SystemRandom random_;
};

}  // namespace

TEST_CASE("data directory: a vault of an older version opens and has its signing keys from then") {
  TemporaryVault vault;
  REQUIRE(vault.initialize(kThen).has_value());
  const Bytes before = bytes_of(up_to(vault.open(kThen).keyring, 8));
  vault.age(vault.open(kThen).keyring);
  const Bytes opened = bytes_of(vault.open(kNow).keyring);
  CHECK(opened.size() == entry_at(11));
  CHECK(std::equal(before.begin() + kFirstEntryAt, before.end(), opened.begin() + kFirstEntryAt));
  CHECK(bytes_of(vault.open(kNow + Seconds{1}).keyring) == opened);
}

TEST_CASE("data directory: initializing goes on with the keyring that a crash of an older left") {
  TemporaryVault vault;
  SystemRandom random;
  fs::create_directories(vault.paths().directory);
  REQUIRE(KeyFileSeal::create(vault.paths().root_key, random).has_value());
  const Keyring left = Keyring::generate(kThen, random);
  vault.age(left);
  REQUIRE(vault.initialize(kNow).has_value());
  const OpenData data = vault.open(kNow);
  CHECK(bytes_of(up_to(data.keyring, 8)) == bytes_of(up_to(left, 8)));
  CHECK(data.keyring.current(Purpose::channel_signing).value()->created_at == kNow);
}
