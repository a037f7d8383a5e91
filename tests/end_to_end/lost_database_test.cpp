#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/process_rights.h"
#include "tests/support/soon.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

/// Backends that create wallets as fast as they can and record the acknowledged ones.
class Creating {
 public:
  explicit Creating(const ServedVault& vault) {
    for (int n = 0; n < 3; ++n) {
      threads_.emplace_back([this, n, team = vault.backend()](const std::stop_token& stop) mutable {
        for (int i = 0; !stop.stop_requested(); ++i) create(team, n, i);
      });
    }
  }
  void stop() { threads_.clear(); }

  [[nodiscard]] std::size_t acknowledged() const { return acknowledged_; }
  [[nodiscard]] int refused() const { return refused_; }
  [[nodiscard]] int late() const { return late_; }
  void files_are_gone() { gone_ = true; }
  /// Valid after stop().
  [[nodiscard]] const std::vector<std::string>& wallets() const { return wallets_; }

 private:
  void create(VaultClient& team, int thread, int number) {
    const bool after = gone_;
    const auto answer = team.post(
        "/v1/wallets", {{"subject", std::to_string(thread) + "-" + std::to_string(number)}});
    if (answer.status != 201) {
      ++refused_;
      return;
    }
    if (after) ++late_;
    const std::lock_guard lock(mutex_);
    wallets_.push_back(answer.text("id"));
    acknowledged_ = wallets_.size();
  }

  std::atomic<bool> gone_{false};
  std::atomic<std::size_t> acknowledged_{0};
  std::atomic<int> refused_{0};
  std::atomic<int> late_{0};
  std::mutex mutex_;
  std::vector<std::string> wallets_;
  std::vector<std::jthread> threads_;
};

/// The value of a member in the last event with this name.
std::string told(const std::string& log, const std::string& event, const std::string& member) {
  const auto line = log.rfind("\"" + event + "\"");
  const std::string key = "\"" + member + "\":\"";
  const auto at = line == std::string::npos ? line : log.find(key, line);
  if (at == std::string::npos) return {};
  return log.substr(at + key.size(), log.find('"', at + key.size()) - at - key.size());
}

}  // namespace

TEST_CASE(
    "lost database: after rm no 201 is sent, lists go on and the open files can be copied out") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  Creating creating(vault);
  REQUIRE(soon([&] { return creating.acknowledged() > 50; }));
  for (const char* name : {"vault.db", "vault.db-wal", "vault.db-shm"}) {
    fs::remove(vault.data() / name);
  }
  creating.files_are_gone();
  check_problem(vault.operations().get("/readyz"), 503, "store_unavailable");
  REQUIRE(soon([&] { return creating.refused() > 20; }));
  creating.stop();
  CHECK(creating.late() == 0);
  CHECK(viewer.get("/v1/cards").status == 200);
  CHECK(vault.operations().get("/livez").status == 200);

  REQUIRE(vault.logs("open_log"));
  const std::string log = vault.server().log();
  const std::string database = told(log, "store_files_lost", "open_database");
  const std::string wal = told(log, "store_files_lost", "open_log");
  REQUIRE(database.starts_with("/proc/" + std::to_string(vault.server().pid()) + "/fd/"));
  if (!may_read_hidden_memory()) {
    SKIP("only who may trace it may read the open files of a server that forbids dumps");
  }
  const fs::path saved = vault.data().parent_path() / "saved";
  fs::create_directory(saved);
  fs::copy_file(database, saved / "vault.db");
  fs::copy_file(wal, saved / "vault.db-wal");
  vault.stop();
  for (const char* name : {"vault.db", "vault.db-wal"}) {
    fs::copy_file(saved / name, vault.data() / name);
  }
  vault.start();
  auto team = vault.backend();
  for (const std::string& wallet : creating.wallets()) {
    CHECK(team.get("/v1/wallets/" + wallet).status == 200);
  }
  CHECK(vault.cards(holder).size() == 1);
  vault.stop();
}

TEST_CASE("lost database: a directory moved away and back is served again") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  auto team = vault.backend();
  const fs::path away = vault.data().parent_path() / "away";
  fs::rename(vault.data(), away);
  check_problem(team.post(holder.path("/cards"), {{"pan", kPans[0]}}), 503, "store_unavailable");
  check_problem(vault.operations().get("/readyz"), 503, "store_unavailable");
  fs::rename(away, vault.data());
  vault.bind_card(holder, kPans[0]);
  CHECK(vault.operations().get("/readyz").status == 200);
  vault.kill();
  vault.start();
  CHECK(vault.cards(holder).size() == 1);
  vault.stop();
}

}  // namespace cardvault::test
