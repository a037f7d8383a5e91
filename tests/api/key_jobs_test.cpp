#include "api/keys/key_jobs.h"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "shared_vault.h"
#include "vault/use_cases/manage_wallet.h"

using namespace cardvault;
using namespace cardvault::api;
using namespace cardvault::test;

namespace {

constexpr Seconds kPromoted = KeyringKeeper::Timing{}.promote_after;
/// By then a key is taken away without waiting for those who may use it.
constexpr Seconds kLongRetired{60};

/// A process with all that a job needs.
struct Server {
  Server(Shared& shared, Process& its)
      : process(&its),
        sealer(its.live, shared.random),
        vault{its.store, its.live, sealer,   shared.clock, shared.random,
              gate,      banks,    channels, *deadlines},
        clients(its.store, sealer, shared.random),
        jobs(vault, clients, its.keeper, KeyJobs::Run::foreground) {
    REQUIRE(code_of(clients.refresh()) == "ok");
  }

  [[nodiscard]] std::string_view create_wallet_of(std::string_view subject) const {
    const NewWallet wanted{.subject = std::string(subject), .locale = "en"};
    return code_of(create_wallet(vault, {"client:cli_test"}, wanted, {}, [](const Wallet& made) {
      return Answer{.body = made.id.text()};
    }));
  }
  /// Rotates, and promotes when the time has come: nobody else has looked since.
  [[nodiscard]] KeyId rotate(Purpose purpose) const {
    const KeyId id = process->keeper.rotate(purpose).value();
    let_pass(kPromoted);
    REQUIRE(code_of(process->keeper.look()) == "ok");
    REQUIRE(process->live.current(purpose).value()->id == id);
    return id;
  }
  /// As far as this process has seen.
  [[nodiscard]] KeyId current(Purpose purpose) const {
    return process->live.snapshot()->current(purpose).value()->id;
  }
  [[nodiscard]] nlohmann::json job() const { return nlohmann::json::parse(jobs.render()); }
  /// What the last job found to be left on the key; -1 when it says nothing of it.
  [[nodiscard]] std::int64_t left_on(KeyId key) const {
    const nlohmann::json last = job();
    for (const auto& left : last.at("left")) {
      if (left.at("id") == key) return left.at("uses").get<std::int64_t>();
    }
    return -1;
  }

  Process* process;
  RecordSealer sealer;
  VerificationGate gate{1, 1};
  BankCatalogue banks;
  ChannelDirectory channels;
  std::unique_ptr<DeadlineRule> deadlines = DeadlineRule::make("Asia/Shanghai", 7).value();
  Vault vault;
  ClientRegistry clients;
  KeyJobs jobs;
};

/// Two servers over one vault with one wallet.
struct Servers : Pair {
  Server one{*this, first};
  Server other{*this, second};

  Servers() { REQUIRE(one.create_wallet_of("user-1") == "ok"); }
};

}  // namespace

TEST_CASE("key jobs: what another process promoted a moment ago is what is re-sealed under") {
  Servers servers;
  const KeyId old = servers.one.current(Purpose::wallet_records);
  const KeyId next = servers.one.rotate(Purpose::wallet_records);
  REQUIRE(servers.other.current(Purpose::wallet_records) == old);
  REQUIRE(code_of(servers.other.jobs.rewrap(0)) == "ok");
  CHECK(servers.other.job().at("rewrapped") == 1);
  CHECK(servers.other.left_on(old) <= 0);
  CHECK(servers.other.left_on(next) > 0);
}

TEST_CASE("key jobs: a key is counted, and taken away, by what the store says of it now") {
  Servers servers;
  const KeyId old = servers.one.current(Purpose::audit);
  (void)servers.one.rotate(Purpose::audit);
  servers.clock.advance(kLongRetired);
  REQUIRE(code_of(servers.other.jobs.take_away(old, KeyState::destroyed)) == "ok");
  CHECK(servers.other.job().at("state") == "failed");
  CHECK(servers.other.left_on(old) == 1);
  REQUIRE(code_of(servers.other.jobs.rewrap(0)) == "ok");
  REQUIRE(code_of(servers.one.jobs.take_away(old, KeyState::destroyed)) == "ok");
  CHECK(servers.one.job().at("state") == "done");
  CHECK(servers.first.live.snapshot()->keys().at(old).state == KeyState::destroyed);
}

TEST_CASE("key jobs: a process that cannot see the stored keyring begins none") {
  Servers servers;
  servers.second.store.record_loads_fail = true;
  CHECK(code_of(servers.other.jobs.rewrap(0)) == "store_unavailable");
  CHECK(code_of(servers.other.jobs.count()) == "store_unavailable");
  CHECK(servers.other.job().at("state") == "none");
  servers.second.keeper.close();
  CHECK(code_of(servers.other.jobs.rewrap(0)) == "vault_sealed");
  CHECK(code_of(servers.other.jobs.take_away(1, KeyState::disabled)) == "vault_sealed");
}

TEST_CASE("key jobs: whatever goes wrong inside ends the job and not the process") {
  Servers servers;
  servers.second.store.on_load = [](StoredWallet&) { throw std::runtime_error("no memory"); };
  REQUIRE(code_of(servers.other.jobs.count()) == "ok");
  CHECK(servers.other.job().at("state") == "failed");
  CHECK_FALSE(servers.other.job().at("error").get<std::string>().contains("no memory"));
  servers.second.store.on_load = nullptr;
  REQUIRE(code_of(servers.other.jobs.count()) == "ok");
  CHECK(servers.other.job().at("state") == "done");
  CHECK(servers.other.job().at("number") == 2);
}
