#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/soon.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

Start copy_command(const fs::path& from, const fs::path& to) {
  return {.arguments = {"copy", "--from", "sqlite:" + from.string(), "--to",
                        "sqlite:" + to.string(), "--json"}};
}

Json copied(const fs::path& from, const fs::path& to) {
  const Run run = run_cardvault(copy_command(from, to));
  INFO(run.err);
  REQUIRE(run.status == 0);
  return Json::parse(run.out);
}

void check_refused(const Start& start, std::string_view why) {
  const Run run = run_cardvault(start);
  INFO(run.err);
  CHECK(run.status == 1);
  CHECK(run.out.empty());
  CHECK(run.err.find(why) != std::string::npos);
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A stopped vault with two wallets: one with cards, a credential and an open deregistration, one
/// empty.
struct StoppedVault {
  ServedVault vault;
  TempDirectory elsewhere;
  fs::path copy = elsewhere.path() / "copy";
  Holder holder = vault.new_holder();
  Holder other = vault.new_holder();
  std::string everything;
  std::string deregistration;

  StoppedVault() {
    vault.set_gesture(holder);
    vault.set_password(holder);
    std::string card;
    for (const char* pan : kPans) card = vault.bind_card(holder, pan, Json::array({"alipay"}));
    const auto ended = vault.backend().post(holder.path("/cards/" + card + "/deregistrations"),
                                            {{"reason", "user_request"}});
    INFO(ended.body);
    REQUIRE(ended.status == 202);
    deregistration = ended.id();
    everything = vault.everything(holder) + vault.everything(other);
    vault.stop();
  }

  /// Serves the copy in place of the original, with the same root key.
  void serve_copy() {
    fs::copy_file(vault.data() / "root.key", copy / "root.key");
    fs::rename(vault.data(), elsewhere.path() / "original");
    fs::rename(copy, vault.data());
    vault.start();
  }
};

}  // namespace

TEST_CASE("copy: a server on the copy shows the same wallets with intact audit chains") {
  StoppedVault stopped;
  const Json result = copied(stopped.vault.data(), stopped.copy);
  CHECK(result["wallets"] == 2);
  CHECK(result["copied"] == 2);
  CHECK(result["skipped"] == 0);
  CHECK(result["pan_records"] == kPans.size() - 1);
  CHECK(result["due_times"] == 1);
  CHECK(result["digest"].get<std::string>().size() == 64);
  const Json again = copied(stopped.vault.data(), stopped.copy);
  CHECK(again["copied"] == 0);
  CHECK(again["skipped"] == 2);
  CHECK(again["digest"] == result["digest"]);
  CHECK((fs::status(stopped.copy).permissions() & fs::perms::all) == fs::perms::owner_all);

  stopped.serve_copy();
  ServedVault& vault = stopped.vault;
  CHECK(vault.everything(stopped.holder) + vault.everything(stopped.other) == stopped.everything);
  const Json audit = vault.backend().get(stopped.holder.path("/audit?limit=200")).json();
  CHECK(audit["chain"]["intact"] == true);
  const auto found =
      vault.backend().get(stopped.holder.path("/deregistrations/" + stopped.deregistration));
  CHECK(found.status == 200);
  // The index was copied: the same card is still known and may be bound in another wallet.
  CHECK(vault.backend().post(stopped.holder.path("/cards"), {{"pan", kPans[0]}}).code() ==
        "card_already_bound");
  vault.bind_card(stopped.other, kPans[0]);
  vault.stop();
}

TEST_CASE("copy: the next run completes a killed copy") {
  ServedVault vault;
  for (int i = 0; i < 40; ++i) {
    const Holder holder = vault.new_holder();
    vault.bind_card(holder, kPans[0]);
  }
  vault.stop();
  const TempDirectory elsewhere;
  const fs::path target = elsewhere.path() / "copy";
  {
    Process cut_off(copy_command(vault.data(), target));
    REQUIRE(soon([&] { return fs::exists(target / "vault.db"); }));
    cut_off.send(SIGKILL);
    (void)cut_off.wait();
  }
  const Json result = copied(vault.data(), target);
  CHECK(result["wallets"] == 40);
  CHECK(result["copied"].get<int>() + result["skipped"].get<int>() == 40);
}

TEST_CASE("copy: a store that is in use, missing, the same or another vault is refused") {
  StoppedVault stopped;
  const fs::path data = stopped.vault.data();
  const std::string database = bytes_of(data / "vault.db");
  check_refused(copy_command(stopped.elsewhere.path() / "nothing", stopped.copy),
                "There is no directory");
  check_refused(copy_command(stopped.elsewhere.path(), stopped.copy), "There is no vault");
  CHECK_FALSE(fs::exists(stopped.copy));
  check_refused(copy_command(data, data / "." / ""), "the same store");
  check_refused({.arguments = {"copy", "--from", data.string(), "--to", "sqlite:/x"}},
                "must be sqlite:DIR or a Redis URL");
  const fs::path another = stopped.elsewhere.path() / "another";
  (void)initialize(another);
  check_refused(copy_command(data, another), "The target holds another vault");

  stopped.vault.start();
  check_refused(copy_command(data, stopped.copy), "Stop its server first");
  check_refused(copy_command(another, data), "Stop its server first");
  stopped.vault.stop();
  CHECK(bytes_of(data / "vault.db").size() == database.size());
}

TEST_CASE("copy: a failed copy of a damaged source is not a vault") {
  StoppedVault stopped;
  const fs::path file = stopped.vault.data() / "vault.db";
  std::string bytes = bytes_of(file);
  // A page in the middle, as a failing disk would lose it.
  std::fill_n(bytes.begin() + 4096 * 4, 4096, '\xff');
  std::ofstream(file, std::ios::binary) << bytes;
  check_refused(copy_command(stopped.vault.data(), stopped.copy), "damaged");
  fs::copy_file(stopped.vault.data() / "root.key", stopped.copy / "root.key");
  check_refused({.arguments = {"client", "list", "--data", stopped.copy.string()}},
                "There is no vault here yet");
}

}  // namespace cardvault::test
