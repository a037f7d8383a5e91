#include "api/jobs/store_check.h"

#include <catch2/catch_test_macros.hpp>
#include <mutex>

#include "api/jobs/verify_job.h"
#include "tests/support/captured_log.h"
#include "tests/support/memory_contents.h"
#include "tests/support/soon.h"
#include "tests/vault/vault_fixture.h"

using namespace cardvault;
using namespace cardvault::api;
using namespace cardvault::test;

namespace {

/// Two wallets with a card each. The PAN record of the first is missing.
struct DamagedVault {
  std::shared_ptr<MemoryContents> contents = make_memory_contents();
  VaultFixture fixture{make_memory_store(contents)};
  Metrics metrics;
  WalletId damaged = fixture.make_wallet("user-1");
  WalletId sound = fixture.make_wallet("user-2");

  DamagedVault() {
    const CardId card = fixture.make_card(damaged);
    (void)fixture.make_card(sound);
    const std::scoped_lock lock(contents->mutex);
    contents->wallets.at(damaged).pans.erase(card);
  }
  [[nodiscard]] bool shows(const std::string& line) {
    return metrics.render(fixture.gate).contains(line + "\n");
  }
};

constexpr StoreCheck::Timing kAtOnce{.before_first = {}, .between = std::chrono::milliseconds{1}};

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("store check: damage is in the metrics and once in the log, however many rounds see it") {
  DamagedVault vault;
  std::string log;
  {
    const CapturedLog captured(log::Level::error);
    {
      const StoreCheck check(vault.fixture.vault, vault.metrics, 1'000'000, true, kAtOnce);
      CHECK(soon([&] { return vault.shows("cardvault_store_check_damaged_wallets 1"); }));
      const int loads = vault.fixture.store.loads;
      CHECK(soon([&] { return vault.fixture.store.loads > loads + 20; }));
    }
    log = captured.text();
  }
  CHECK(vault.shows("cardvault_store_check_wallets 2"));
  CHECK(count_of(log, "wallet_damaged") == 1);
  CHECK(log.contains(vault.damaged.text()));
  CHECK(log.contains("number_missing"));
  CHECK_FALSE(log.contains(vault.sound.text()));
}

TEST_CASE("store check: a rate of 0 disables the check") {
  DamagedVault vault;
  vault.fixture.store.loads = 0;
  {
    const StoreCheck check(vault.fixture.vault, vault.metrics, 0, true, kAtOnce);
  }
  CHECK(vault.fixture.store.loads == 0);
  CHECK(vault.shows("cardvault_store_check_wallets 0"));
}

TEST_CASE(
    "verify job: a run reports its findings and a sealed vault or a missing file is refused") {
  DamagedVault vault;
  VerifyJob job(vault.fixture.vault, VerifyJob::Run::foreground, true);
  CHECK(job.render().contains("\"state\":\"none\""));
  REQUIRE(code_of(job.start({})) == "ok");
  const std::string done = job.render();
  CHECK(done.contains("\"state\":\"done\",\"phase\":\"checking\",\"total\":2,\"seen\":2"));
  CHECK(done.contains("\"what\":\"number_missing\""));
  CHECK(done.contains(vault.damaged.text()));
  CHECK(done.contains("\"findings_total\":1"));
  CHECK(code_of(job.start({.rate = 0, .file = "/no-such-directory/backup"})) ==
        "store_unavailable");
  vault.fixture.keyring.close();
  CHECK(code_of(job.start({})) == "vault_sealed");
}
