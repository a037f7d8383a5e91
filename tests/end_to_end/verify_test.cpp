#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/redis_server.h"

namespace cardvault::test {
namespace {

/// Changes the database directly, as the owner of the machine can.
void change_database(const std::filesystem::path& data, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((data / "vault.db").c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_busy_timeout(database, 5000) == SQLITE_OK);
  char* error = nullptr;
  const int done = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error);
  CAPTURE(error == nullptr ? "" : error);
  CHECK(done == SQLITE_OK);
  sqlite3_free(error);
  sqlite3_close(database);
}

/// SQL for the id of the wallet created as number `n`.
std::string id_of_wallet(int n) {
  return "(SELECT id FROM wallets WHERE rowid = " + std::to_string(n) + ")";
}

std::vector<std::string> names_in(const Json& job) {
  std::vector<std::string> names;
  for (const Json& finding : job.at("findings")) {
    std::string name = finding.at("wallet").get<std::string>();
    names.push_back(name.append(" ").append(finding.at("what").get<std::string>()));
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::ranges::sort(names);
  return names;
}

}  // namespace

TEST_CASE("verify: damage is named with and without a server and by backup") {
  TempDirectory place;
  ServedVault vault({"--check-rate", "0"});
  std::vector<Holder> holders;
  for (int n = 0; n < 4; ++n) {
    holders.push_back(vault.new_holder());
    vault.bind_card(holders.back(), kPans[0]);
  }
  const Json sound = vault.command({"verify"});
  CHECK(sound.at("seen") == 4);
  CHECK(sound.at("numbers") == 4);
  CHECK(sound.at("damaged") == 0);
  CHECK(vault.run({"backup", (place.path() / "sound").string()}).status == 0);

  change_database(vault.data(), "DELETE FROM pans WHERE wallet = " + id_of_wallet(1) +
                                    "; UPDATE pans SET record = zeroblob(length(record)) "
                                    "WHERE wallet = " +
                                    id_of_wallet(2) + "; UPDATE audit SET link = zeroblob(3) " +
                                    "WHERE seq = 2 AND wallet = " + id_of_wallet(4));
  const auto expected =
      sorted({holders[0].wallet + " number_missing", holders[1].wallet + " number_unreadable",
              holders[3].wallet + " audit_log_broken"});
  const auto check_named = [&] {
    const Run named = vault.run({"verify", "--json"});
    CHECK(named.status == 1);
    const Json job = Json::parse(named.out);
    CHECK(names_in(job) == expected);
    CHECK(job.at("findings_total") == 3);
    CHECK(job.at("numbers") == 2);
    const Run words = vault.run({"verify"});
    CHECK(words.status == 1);
    for (const std::string& wallet :
         std::vector{holders[0].wallet, holders[1].wallet, holders[3].wallet}) {
      CHECK(words.out.contains(wallet));
    }
    CHECK_FALSE(words.out.contains(holders[2].wallet));
  };
  check_named();
  vault.stop();
  check_named();
  vault.start();
  const auto file = place.path() / "damaged";
  const Run backed_up = vault.run({"backup", file.string(), "--json"});
  CHECK(backed_up.status == 1);
  CHECK(names_in(Json::parse(backed_up.out)) == expected);
  CHECK(std::filesystem::exists(file));
  const Run old = vault.run({"verify", "--backup", (place.path() / "sound").string()});
  CHECK(old.status == 0);
}

TEST_CASE("audit: a log with a changed row shows the readable entries and the first broken one") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  VaultClient backend = vault.backend();
  const auto before = backend.get(holder.path("/audit")).json();
  REQUIRE(before.at("data").size() >= 3);
  CHECK(before.at("chain").at("intact") == true);
  CHECK(before.at("chain").at("checked_to") == before.at("chain").at("entries"));
  change_database(vault.data(), "UPDATE audit SET record = zeroblob(40) WHERE seq = 2");
  const auto answer = backend.get(holder.path("/audit"));
  CHECK(answer.status == 200);
  const auto after = answer.json();
  CHECK(after.at("chain").at("intact") == false);
  CHECK(after.at("chain").at("first_broken") == 2);
  CHECK(after.at("chain").at("entries") == before.at("chain").at("entries"));
  auto rest = before.at("data");
  rest.erase(1);
  CHECK(after.at("data") == rest);
  const auto page = backend.get(holder.path("/audit?limit=1&cursor=1")).json();
  CHECK(page.at("data").empty());
  CHECK(page.at("next_cursor") == "2");
}

TEST_CASE("audit: a truncated log stops changes of its wallet until a repair") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const Holder other = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  VaultClient backend = vault.backend();
  const auto entries = backend.get(holder.path("/audit")).json().at("chain").at("entries");
  change_database(vault.data(), "DELETE FROM audit WHERE wallet = " + id_of_wallet(1) +
                                    " AND seq = " + entries.dump());
  check_problem(backend.post(holder.path("/cards"), {{"pan", kPans[1]}}), 500, "audit_log_damaged");
  CHECK(vault.logs("cardvault audit repair " + holder.wallet));
  vault.bind_card(other, kPans[1]);

  CHECK(vault.command({"audit", "repair", other.wallet}).at("first_broken") == 0);
  const Json repaired = vault.command({"audit", "repair", holder.wallet});
  CHECK(repaired.at("first_broken") == entries);
  CHECK(repaired.at("lost") == 1);
  CHECK(vault.run({"audit", "repair", kNoWallet}).status == 1);
  vault.bind_card(holder, kPans[1]);
  const auto log = backend.get(holder.path("/audit")).json();
  CHECK(log.at("chain").at("intact") == true);
  const std::size_t last = entries.get<std::size_t>();
  CHECK(log.at("data").at(last - 1).at("action") == "audit.entry_lost");
  CHECK(log.at("data").at(last).at("action") == "audit.repaired");
  CHECK(log.at("data").at(last).at("actor") == "operator");
  CHECK(log.at("data").at(last).at("details").at("first_broken") == entries.dump());
  CHECK(vault.run({"verify"}).status == 0);
}

TEST_CASE("verify: a missing PAN record in Redis is named, also by backup") {
  TempDirectory place;
  RedisServer redis;
  ServedVault vault(std::vector<std::string>(), {"--store", redis.url()});
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  CHECK(vault.command({"verify"}).at("numbers") == 1);
  const std::string key = "cv:{" + holder.wallet.substr(holder.wallet.find('_') + 1) + "}";
  redis.command({"HDEL", key, "p"});
  const Run named = vault.run({"verify", "--json"});
  CHECK(named.status == 1);
  CHECK(names_in(Json::parse(named.out)) ==
        std::vector<std::string>{holder.wallet + " number_missing"});
  const auto file = place.path() / "backup";
  CHECK(vault.run({"backup", file.string()}).status == 1);
  CHECK(std::filesystem::exists(file));
}

}  // namespace cardvault::test
