#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/paths.h"
#include "tests/support/soon.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kNobody = 65534;

/// Limits the size of files that the server may write. RLIM_INFINITY is the limit of this test.
void limit_file_size(pid_t server, rlim_t bytes) {
  rlimit limit{};
  REQUIRE(::prlimit(server, RLIMIT_FSIZE, nullptr, &limit) == 0);
  limit.rlim_cur = std::min(bytes, limit.rlim_max);
  REQUIRE(::prlimit(server, RLIMIT_FSIZE, &limit, nullptr) == 0);
}

/// False if root has no CAP_CHOWN or this user does not exist.
bool give_to(const fs::path& path, uid_t user) {
  return ::chown(path.c_str(), user, user) == 0;
}

/// Damages the record of the wallet created first: row 1 of the table.
void damage_first_wallet(const fs::path& data) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((data / "vault.db").c_str(), &database) == SQLITE_OK);
  sqlite3_blob* record = nullptr;
  REQUIRE(sqlite3_blob_open(database, "main", "wallets", "record", 1, 1, &record) == SQLITE_OK);
  const int middle = sqlite3_blob_bytes(record) / 2;
  std::array<char, 4> bytes{};
  REQUIRE(sqlite3_blob_read(record, bytes.data(), bytes.size(), middle) == SQLITE_OK);
  for (char& byte : bytes) byte = static_cast<char>(~byte);
  REQUIRE(sqlite3_blob_write(record, bytes.data(), bytes.size(), middle) == SQLITE_OK);
  REQUIRE(sqlite3_blob_close(record) == SQLITE_OK);
  REQUIRE(sqlite3_close(database) == SQLITE_OK);
}

}  // namespace

TEST_CASE("disk full: changes get 503, reads go on and no acknowledged change is lost") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string card = vault.bind_card(holder, kPans[0]);
  auto team = vault.backend();
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  const std::string before = vault.everything(holder);

  limit_file_size(vault.server().pid(), 0);
  for (int i = 0; i < 3; ++i) {
    const auto refused = team.post(holder.path("/cards"), {{"pan", kPans[1]}});
    check_problem(refused, 503, "store_unavailable");
    CHECK_FALSE(refused.field("Retry-After").empty());
  }
  check_problem(team.post("/v1/wallets", {{"subject", "late"}}), 503, "store_unavailable");
  check_problem(viewer.patch("/v1/cards/" + card, {{"nickname", "late"}}), 503,
                "store_unavailable");
  CHECK(viewer.get("/v1/cards").status == 200);
  CHECK(team.get(holder.path()).status == 200);
  CHECK(vault.operations().get("/livez").status == 200);
  check_problem(vault.operations().get("/readyz"), 503, "store_unavailable");
  CHECK(vault.everything(holder) == before);

  limit_file_size(vault.server().pid(), RLIM_INFINITY);
  CHECK(soon([&] { return vault.operations().get("/readyz").status == 200; }));
  const std::string later = vault.bind_card(holder, kPans[1]);
  CHECK(vault.logs("store_commit_failed"));
  vault.kill();
  vault.start();
  const Json cards = vault.cards(holder);
  REQUIRE(cards.size() == 2);
  CHECK(cards[0]["id"] == card);
  CHECK(cards[1]["id"] == later);
  vault.stop();
}

TEST_CASE("read-only data directory: the start fails with the reason") {
  TempDirectory directory;
  const fs::path data = directory.path() / "vault";
  (void)initialize(data);
  Start start{.arguments = {"serve", "--data", data.string(), "--listen", "127.0.0.1:0",
                            "--admin-listen", "127.0.0.1:0", "--banks", kBankProfiles}};
  if (::geteuid() == 0) {
    start.user = kNobody;
    fs::permissions(directory.path(), fs::perms(0755));
    bool given = give_to(data, kNobody);
    for (const auto& entry : fs::directory_iterator(data)) given &= give_to(entry.path(), kNobody);
    if (!given) SKIP("root may not give files to another user here");
    const Run usable =
        run_cardvault({.arguments = {"client", "list", "--data", data.string(), "--json"},
                       .environment = {},
                       .user = kNobody});
    if (usable.status == 126 || usable.status == 127) {
      SKIP("the program cannot be run as another user from where it was built");
    }
    INFO(usable.err);
    REQUIRE(usable.status == 0);
  }
  fs::permissions(data, fs::perms(0500));
  const Run run = run_cardvault(start);
  fs::permissions(data, fs::perms(0700));
  INFO(run.err);
  CHECK(run.status == 1);
  CHECK(run.out.empty());
  CHECK(run.err.find("\ncardvault: ") != std::string::npos);
  const bool says_why = run.err.find("ermission denied") != std::string::npos ||
                        run.err.find("ead-only") != std::string::npos ||
                        run.err.find("readonly") != std::string::npos ||
                        run.err.find("unable to open") != std::string::npos;
  CHECK(says_why);
}

TEST_CASE("a damaged record: requests for that wallet get 500 record_corrupt and others go on") {
  ServedVault vault({"--log-level", "debug"});
  const Holder damaged = vault.new_holder();
  const Holder whole = vault.new_holder();
  vault.bind_card(damaged, kPans[0]);
  vault.bind_card(whole, kPans[1]);
  const std::string token = vault.token(damaged);
  const std::string before = vault.everything(whole);
  vault.stop();
  damage_first_wallet(vault.data());
  vault.start();

  auto team = vault.backend();
  auto viewer = vault.front_end(token, damaged.device);
  for (const Answer& answer :
       {team.get(damaged.path()), viewer.get("/v1/cards"),
        team.post(damaged.path("/cards"), {{"pan", kPans[2]}}),
        team.post(damaged.path("/unlock"),
                  {{"device_id", damaged.device}, {"method", "gesture"}, {"secret", kGesture}})}) {
    check_problem(answer, 500, "record_corrupt");
    REQUIRE(vault.logs(answer.text("request_id")));
    const std::string log = vault.server().log();
    CHECK(log.find(kPans[2]) == std::string::npos);
    CHECK(log.find(kGesture) == std::string::npos);
  }
  CHECK(vault.everything(whole) == before);
  vault.bind_card(whole, kPans[2]);
  CHECK(vault.operations().get("/readyz").status == 200);
  vault.stop();
}

}  // namespace cardvault::test
