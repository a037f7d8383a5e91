#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/paths.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKey =
    "cvk_01testc11ent00000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
constexpr const char* kUser = "wal_01testwa11et00000000000001";
constexpr const char* kPhone = "dev_01testph0ne000000000000001";

Json shipped() {
  std::ifstream file(kSeedFile);
  return Json::parse(file);
}

/// A vault made by `cardvault seed`.
class SeededVault {
 public:
  SeededVault() { std::ofstream(directory_.path() / "client.key") << kKey << '\n'; }

  [[nodiscard]] fs::path data() const { return directory_.path() / "vault"; }
  [[nodiscard]] Run seed(const Json& file, const std::vector<std::string>& more = {}) const {
    const fs::path path = directory_.path() / "seed.json";
    std::ofstream(path) << file.dump();
    std::vector<std::string> arguments{
        "seed",   "--file", path,     "--client-key-file", directory_.path() / "client.key",
        "--data", data(),   "--json", "--banks",           kBankProfiles};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_cardvault({.arguments = std::move(arguments)});
  }

 private:
  TempDirectory directory_;
};

void check_refused(const Run& run, std::string_view why) {
  INFO(run.err);
  CHECK(run.status == 1);
  CHECK(run.out.empty());
  CHECK(run.err.find(why) != std::string::npos);
}

VaultClient backend(const VaultServer& server) {
  return {server.port(),
          {{"Authorization", std::string("Bearer ") + kKey}},
          std::make_shared<Transcript>()};
}

Json unlock(const VaultServer& server) {
  const Json user = shipped()["wallets"][0];
  return backend(server)
      .post("/v1/wallets/" + std::string(kUser) + "/unlock",
            {{"device_id", kPhone}, {"method", "gesture"}, {"secret", user["gesture"]}})
      .json();
}

}  // namespace

TEST_CASE("seed: a seeded vault uses the given ids, secrets and key") {
  SeededVault vault;
  const Run run = vault.seed(shipped());
  INFO(run.err);
  REQUIRE(run.status == 0);
  CHECK(Json::parse(run.out)["added"] == 18);
  CHECK(run.err.find("cvk_") == std::string::npos);

  VaultServer server(vault.data());
  const Json token = unlock(server);
  VaultClient phone(
      server.port(),
      {{"Authorization", "Bearer " + token.at("token").get<std::string>()}, {"Device-Id", kPhone}},
      std::make_shared<Transcript>());
  const Json listed = phone.get("/v1/cards").json().at("data");
  const Json given = shipped()["wallets"][0]["cards"];
  REQUIRE(listed.size() == given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    CHECK(listed[i]["id"] == given[i]["id"]);
    CHECK(given[i]["pan"].get<std::string>().ends_with(listed[i]["last4"].get<std::string>()));
    CHECK(listed[i]["channels"] == given[i].value("channels", Json::array()));
  }
  CHECK(listed[0]["bank"]["code"] == "CMB");
  check_refused(vault.seed(shipped()), "owns");
  server.stop();
}

TEST_CASE("seed: a second run is a no-op, also in a used vault") {
  SeededVault vault;
  REQUIRE(vault.seed(shipped()).status == 0);
  {
    VaultServer server(vault.data());
    REQUIRE(unlock(server).contains("token"));
    REQUIRE(backend(server).post("/v1/wallets", {{"subject", "somebody else"}}).status == 201);
    server.stop();
  }
  const Run again = vault.seed(shipped());
  INFO(again.err);
  REQUIRE(again.status == 0);
  CHECK(Json::parse(again.out) ==
        Json{{"added", 0}, {"present", 18}, {"differences", Json::array()}});
}

TEST_CASE("seed: a change by callers is an error or with --keep-changes a reported difference") {
  SeededVault vault;
  REQUIRE(vault.seed(shipped()).status == 0);
  const std::string card = shipped()["wallets"][0]["cards"][4]["id"];
  {
    VaultServer server(vault.data());
    REQUIRE(backend(server)
                .post("/v1/wallets/" + std::string(kUser) + "/cards/" + card + "/deregistrations",
                      {{"reason", "lost"}})
                .status == 202);
    server.stop();
  }
  check_refused(vault.seed(shipped()), card + ": deregistered");
  const Run kept = vault.seed(shipped(), {"--keep-changes"});
  INFO(kept.err);
  REQUIRE(kept.status == 0);
  CHECK(Json::parse(kept.out)["differences"] ==
        Json::array({{{"what", card}, {"how", "deregistered"}}}));
}

TEST_CASE("seed: a malformed file and a conflict with the vault are errors with a reason") {
  SeededVault vault;
  Json file = shipped();
  file["wallets"][0]["cards"][0]["pan"] = "4111111111111112";
  check_refused(vault.seed(file), "wallets[0].cards[0].pan: luhn_check_failed");
  CHECK_FALSE(fs::exists(vault.data()));
  check_refused(vault.seed(shipped(), {"--channels", "/nowhere.json"}), "/nowhere.json");

  REQUIRE(vault.seed(shipped()).status == 0);
  file = shipped();
  file["wallets"][0]["subject"] = "another user";
  check_refused(vault.seed(file), std::string(kUser) + ": conflict");
  check_refused(vault.seed(file, {"--keep-changes"}), std::string(kUser) + ": conflict");
  file = shipped();
  file["client"]["permissions"] = {"unlock"};
  check_refused(vault.seed(file), "cli_01testc11ent00000000000000: conflict");
}

TEST_CASE("seed: a vault made by init keeps its client and gets the seed") {
  SeededVault vault;
  const Json made = initialize(vault.data());
  REQUIRE(vault.seed(shipped()).status == 0);
  VaultServer server(vault.data());
  VaultClient admin(server.port(),
                    {{"Authorization", "Bearer " + made.at("client_key").get<std::string>()}},
                    std::make_shared<Transcript>());
  CHECK(admin.get("/v1/wallets/" + std::string(kUser)).status == 200);
  CHECK(backend(server).get("/v1/wallets/" + std::string(kUser)).status == 200);
  server.stop();
}

}  // namespace cardvault::test
