#pragma once

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/manual_clock.h"
#include "crypto/keys/life/keyring_keeper.h"
#include "crypto/keys/seals/passphrase_seal.h"
#include "crypto/random.h"
#include "tests/support/memory_store.h"
#include "tests/support/temp_directory.h"
#include "tests/vault/hooked_store.h"
#include "vault/storage/keyring_record.h"

namespace cardvault::test {

inline const Time kStart{Seconds{1'795'420'800}};

/// Extra time for the keepers: their clock is real time plus this.
inline std::atomic<std::chrono::seconds> passed{std::chrono::seconds{0}};

inline void let_pass(std::chrono::seconds time) {
  passed = passed.load() + time;
}

[[nodiscard]] inline KeyringKeeper::SteadyClock::time_point steady_now() {
  return KeyringKeeper::SteadyClock::now() + passed.load();
}

inline constexpr KeyringKeeper::Timing kTiming{.now = steady_now};

/// A store with a vault, and the seal that opens it.
struct Shared {
  SystemRandom random;
  FixedClock base{kStart};
  AdjustableClock clock{base};
  std::unique_ptr<WalletStore> store = make_memory_store();
  TempDirectory directory;
  PassphraseSeal seal{SecretText(std::string_view("correct horse battery")), random,
                      PasswordCost{.passes = 1, .memory_kib = 8 * 1024}};

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
                   std::optional<KeyringKeeper::Timing> timing = kTiming)
      : store(*shared.store),
        live(shared.clock, steady_now),
        record(store),
        keeper(record, live, shared.random, shared.clock,
               RollbackGuard(shared.directory.path() / mark), timing) {}

  HookedStore store;
  LiveKeyring live;
  KeyringRecord record;
  KeyringKeeper keeper;
};

/// Two processes on one vault.
struct Pair : Shared {
  Process first{*this};
  Process second{*this};

  [[nodiscard]] std::pair<Process&, Process&> processes() { return {first, second}; }
  Pair() {
    REQUIRE(first.keeper.create(seal, 0).has_value());
    REQUIRE(second.keeper.open(seal).has_value());
  }
};

/// The stable name of the error; "ok" for a success.
template <class T>
[[nodiscard]] std::string_view code_of(const Result<T>& outcome) {
  return outcome ? "ok" : outcome.error().code.name;
}

}  // namespace cardvault::test
