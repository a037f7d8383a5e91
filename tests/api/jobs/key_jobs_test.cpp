#include "api/jobs/key_jobs.h"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/api/jobs/key_server.h"

using namespace cardvault;
using namespace cardvault::api;
using namespace cardvault::test;

namespace {

/// After this time a key is destroyed without a wait for processes that may still use it.
constexpr Seconds kLongRetired{60};

/// Two servers on one vault with one wallet.
struct Servers : Pair {
  Server one{*this, first};
  Server other{*this, second};

  Servers() { REQUIRE(one.create_wallet_of("user-1") == "ok"); }
};

}  // namespace

TEST_CASE("key jobs: a rewrap uses a key that another process promoted a moment before") {
  Servers servers;
  const KeyId old = servers.one.current(Purpose::wallet_records);
  const KeyId next = servers.one.rotate(Purpose::wallet_records);
  REQUIRE(servers.other.current(Purpose::wallet_records) == old);
  REQUIRE(code_of(servers.other.jobs.rewrap(0)) == "ok");
  CHECK(servers.other.job().at("rewrapped") == 1);
  CHECK(servers.other.left_on(old) <= 0);
  CHECK(servers.other.left_on(next) > 0);
}

TEST_CASE("key jobs: any server destroys a key only after its last record is re-sealed") {
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

TEST_CASE("key jobs: a process that cannot read the stored keyring starts no job") {
  Servers servers;
  servers.second.store.record_loads_fail = true;
  CHECK(code_of(servers.other.jobs.rewrap(0)) == "store_unavailable");
  CHECK(code_of(servers.other.jobs.count()) == "store_unavailable");
  CHECK(servers.other.job().at("state") == "none");
  servers.second.keeper.close();
  CHECK(code_of(servers.other.jobs.rewrap(0)) == "vault_sealed");
  CHECK(code_of(servers.other.jobs.take_away(1, KeyState::disabled)) == "vault_sealed");
}

TEST_CASE("key jobs: an exception inside a job fails the job and not the process") {
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

TEST_CASE("key jobs: only one server at a time retires old keys and no run follows within a day") {
  Servers servers;
  const KeyId old = servers.one.current(Purpose::audit);
  (void)servers.one.rotate(Purpose::audit);
  servers.clock.advance(JobLease::kRest);
  std::string_view meanwhile;
  servers.first.store.on_load = [&](StoredWallet&) {
    meanwhile = code_of(servers.other.jobs.retire({old}, 0));
  };
  REQUIRE(code_of(servers.one.jobs.retire({old}, 0)) == "ok");
  CHECK(meanwhile == "job_running");
  CHECK(servers.one.job().at("state") == "done");
  CHECK(servers.first.live.snapshot()->keys().at(old).state == KeyState::destroyed);
  servers.clock.advance(JobLease::kRest - Seconds{1});
  CHECK(code_of(servers.other.jobs.retire({old}, 0)) == "job_running");
  CHECK(code_of(servers.one.jobs.retire({old}, 0)) == "job_running");
  servers.clock.advance(Seconds{1});
  CHECK(code_of(servers.other.jobs.retire({old}, 0)) == "ok");
}

TEST_CASE(
    "job lease: a lease ends after its term unless renewed and ends when the clock is set back") {
  Servers servers;
  JobLease one(servers.one.vault);
  JobLease other(servers.other.vault);
  CHECK(one.begin().value());
  CHECK_FALSE(other.begin().value());
  CHECK_FALSE(one.begin().value());
  servers.clock.advance(JobLease::kTerm - Seconds{1});
  one.renew(JobLease::kTerm);
  servers.clock.advance(JobLease::kTerm - Seconds{1});
  CHECK_FALSE(other.begin().value());
  servers.clock.advance(Seconds{1});
  CHECK(other.begin().value());
  one.renew(JobLease::kRest);
  servers.clock.advance(JobLease::kTerm);
  CHECK(one.begin().value());
  servers.clock.advance(-3 * JobLease::kRest);
  CHECK(other.begin().value());
}
