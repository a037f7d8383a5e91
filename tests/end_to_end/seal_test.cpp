#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/paths.h"
#include "tests/support/redis_server.h"
#include "tests/support/soft_hsm.h"

namespace cardvault::test {
namespace {

/// A vault with a root key in five shares. Any three open it.
struct Custody {
  explicit Custody(std::vector<std::string> options = {}) : vault(std::move(options), {}, kInit) {}

  static inline const std::vector<std::string> kInit{
      "--seal",      "shamir", "--shares",    "5",  "--threshold", "3",  "--custodian", "Ada",
      "--custodian", "Bo",     "--custodian", "Cy", "--custodian", "Di", "--custodian", "Ed"};
  ServedVault vault;

  [[nodiscard]] std::string share(std::size_t index) const {
    return vault.made().at("shares").at(index);
  }
  [[nodiscard]] Run give(const std::string& share) const {
    return vault.run({"unseal", "--json"}, share + "\n");
  }
  void open() const {
    for (const std::size_t index : {1U, 4U, 2U}) REQUIRE(give(share(index)).status == 0);
  }
  [[nodiscard]] Json seal() const { return vault.command({"seal", "status"}); }
};

void check_sealed(ServedVault& vault) {
  check_problem(vault.backend().post("/v1/wallets", {{"subject", "user"}}), 503, "vault_sealed");
  check_problem(vault.nobody().get("/.well-known/cardvault-keys"), 503, "vault_sealed");
  check_problem(vault.nobody().get("/v1/cards"), 503, "vault_sealed");
  check_problem(vault.operations().get("/readyz"), 503, "vault_sealed");
  CHECK(vault.operations().get("/livez").status == 200);
  CHECK(vault.operations().get("/metrics").body.contains("\ncardvault_sealed 1\n"));
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Writes a file that only this user can read.
void write_private(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
}

}  // namespace

TEST_CASE(
    "sealed: a server answers vault_sealed until three of five custodians have given shares") {
  Custody custody;
  ServedVault& vault = custody.vault;
  REQUIRE(vault.made().at("shares").size() == 5);
  CHECK(vault.made().at("custodians").at(4) == "Ed");
  check_sealed(vault);
  CHECK(custody.seal().at("sealed") == true);
  CHECK(custody.seal().at("need") == 3);

  CHECK(Json::parse(custody.give(custody.share(1)).out).at("have") == 1);
  CHECK(Json::parse(custody.give(custody.share(4)).out).at("have") == 2);
  check_sealed(vault);
  const Json last = Json::parse(custody.give(custody.share(0)).out);
  CHECK(last.at("sealed") == false);

  CHECK(vault.operations().get("/readyz").status == 200);
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  CHECK(vault.cards(holder).size() == 1);
  CHECK(vault.operations().get("/metrics").body.contains("\ncardvault_sealed 0\n"));
}

TEST_CASE("sealed: wrong, repeated and foreign shares get the same error and cost no progress") {
  Custody custody;
  const Custody other;
  REQUIRE(custody.give(custody.share(0)).status == 0);
  std::string mistyped = custody.share(1);
  mistyped[12] = mistyped[12] == 'a' ? 'b' : 'a';
  std::string words;
  for (const std::string& share :
       {mistyped, custody.share(0), other.share(1), std::string("cvs1"), std::string("open!")}) {
    const Run refused = custody.give(share);
    INFO(share << " " << refused.err);
    CHECK(refused.status == 1);
    CHECK(refused.out.empty());
    if (words.empty()) words = refused.err;
    CHECK(refused.err == words);
  }
  CHECK(custody.seal().at("have") == 1);
  CHECK(custody.give("").status == 1);
  custody.open();
  CHECK(custody.seal().at("sealed") == false);
}

TEST_CASE(
    "sealed: after sealing or a restart requests get vault_sealed and the data are unchanged") {
  Custody custody;
  custody.open();
  ServedVault& vault = custody.vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  const std::string token = vault.token(holder);
  const std::string before = vault.everything(holder);
  REQUIRE(vault.run({"seal"}).status == 0);
  check_sealed(vault);
  check_problem(vault.front_end(token, holder.device).get("/v1/cards"), 503, "vault_sealed");
  CHECK(vault.run({"client", "add", "late", "--permissions", "unlock"}).status == 1);
  CHECK(vault.run({"key", "rotate", "token"}).status == 1);
  custody.open();
  CHECK(vault.front_end(token, holder.device).get("/v1/cards").status == 200);
  vault.kill();
  vault.start();
  check_sealed(vault);
  custody.open();
  CHECK(vault.everything(holder) == before);
}

TEST_CASE("sealed: share files open the vault and their comment lines are skipped") {
  TempDirectory place;
  const auto directory = (place.path() / "shares").string();
  ServedVault vault(
      {}, {},
      {"--seal", "shamir", "--shares", "3", "--threshold", "2", "--custodian", "Ada/../L.",
       "--custodian", "Bo", "--custodian", "Cy", "--share-dir", directory});
  CHECK(vault.made().at("shares").empty());
  std::string given;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    struct stat facts{};
    REQUIRE(::stat(entry.path().c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    given += text_of(entry.path());
    ++files;
  }
  CHECK(files == 3);
  CHECK(given.contains("# cardvault: share 2 of 3 for Bo; any 2 open the vault"));
  CHECK(vault.command({"unseal"}, given).at("sealed") == false);
}

TEST_CASE("sealed: custodians are replaced in a running server and the old shares are refused") {
  Custody custody;
  custody.open();
  ServedVault& vault = custody.vault;
  const std::string current = custody.share(0) + "\n" + custody.share(1) + "\n";
  CHECK(vault.run({"seal", "shares", "--shares", "3", "--threshold", "2", "--json"}, current)
            .status == 1);
  const Json replaced = vault.command({"seal", "shares", "--shares", "3", "--threshold", "2"},
                                      current + custody.share(3) + "\n");
  REQUIRE(replaced.at("shares").size() == 3);
  REQUIRE(vault.run({"seal"}).status == 0);
  CHECK(custody.give(custody.share(0)).status == 1);
  CHECK(custody.give(replaced.at("shares").at(2)).status == 0);
  CHECK(custody.give(replaced.at("shares").at(0)).status == 0);
  CHECK(custody.seal().at("sealed") == false);
}

TEST_CASE("seal: a passphrase from a descriptor makes, opens and migrates a vault") {
  TempDirectory place;
  const auto file = place.path() / "passphrase";
  write_private(file, "correct horse battery staple\n");
  const auto shell = [&](const std::string& command) {
    return run_cardvault(
        {.arguments = {"-c", "exec \"$0\" " + command + " 3<" + file.string(), kProgram},
         .program = "/bin/sh"});
  };
  const std::string data = (place.path() / "vault").string();
  const Run made = shell("init --seal passphrase --passphrase-fd 3 --json --data " + data);
  INFO(made.err);
  REQUIRE(made.status == 0);
  CHECK(Json::parse(made.out).at("seal") == "passphrase");
  CHECK_FALSE(std::filesystem::exists(place.path() / "vault" / "root.key"));
  CHECK(shell("client list --passphrase-fd 3 --data " + data).status == 0);
  const Run status = run_cardvault({.arguments = {"seal", "status", "--json", "--data", data}});
  CHECK(status.status == 0);
  CHECK(Json::parse(status.out).at("kind") == "passphrase");
  CHECK(Json::parse(status.out).at("server") == false);
  write_private(file, "correct horse battery stapler\n");
  const Run wrong = shell("client list --passphrase-fd 3 --data " + data);
  CHECK(wrong.status == 1);
  CHECK_FALSE(wrong.err.contains("stapler"));
  write_private(file, "too short\n");
  CHECK(shell("init --seal passphrase --passphrase-fd 3 --data " + data + "2").status == 1);
  write_private(file, "correct horse battery staple\n");
  const std::string next = (place.path() / "next.key").string();
  const Run changed = shell("seal migrate --passphrase-fd 3 --to keyfile --to-root-key-file " +
                            next + " --data " + data);
  INFO(changed.err);
  CHECK(changed.status == 0);
  CHECK(run_cardvault({.arguments = {"client", "list", "--root-key-file", next, "--data", data}})
            .status == 0);
}

TEST_CASE("seal: a command without a server reads the passphrase only once") {
  TempDirectory place;
  RedisServer redis;
  const auto file = place.path() / "passphrase";
  write_private(file, "correct horse battery staple\n");
  const auto shell = [&](const std::string& command) {
    return run_cardvault(
        {.arguments = {"-c",
                       "exec \"$0\" " + command + " --passphrase-fd 3 --json --data " +
                           (place.path() / "vault").string() + " --store " + redis.url() + " 3<" +
                           file.string(),
                       kProgram},
         .program = "/bin/sh"});
  };
  REQUIRE(shell("init --seal passphrase").status == 0);
  const Run rotated = shell("key rotate token");
  INFO(rotated.err);
  REQUIRE(rotated.status == 0);
  CHECK(Json::parse(rotated.out).at("current") == true);
}

TEST_CASE("seal: init fails if its shares cannot be printed") {
  TempDirectory place;
  const auto data = (place.path() / "vault").string();
  const Run lost = run_cardvault(
      {.arguments = {"-c", "exec \"$0\" init --seal shamir --json --data " + data + " >/dev/full",
                     kProgram},
       .program = "/bin/sh"});
  CHECK(lost.status == 1);
  CHECK(lost.err.contains("so they are lost"));
}

TEST_CASE("seal: a vault with a pkcs11 seal serves without its token and unseals with it") {
  const SoftHsm hsm({"vault"});
  TempDirectory place;
  const auto pin = place.path() / "pin";
  write_private(pin, std::string(SoftHsm::kPin) + "\n");
  const std::vector<std::string> access{
      "--pkcs11-module",   SoftHsm::module(), "--pkcs11-token", "vault", "--pkcs11-key", "root",
      "--pkcs11-pin-file", pin.string()};
  std::vector<std::string> init = access;
  init.insert(init.end(), {"--seal", "pkcs11", "--pkcs11-create-key"});
  ServedVault vault(access, {}, init);
  CHECK(vault.made().at("seal") == "pkcs11");
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  hsm.unplug(0);
  CHECK(vault.cards(holder).size() == 1);
  CHECK(vault.command({"key", "rotate", "token"}).at("current") == true);
  CHECK(vault.cards(holder).size() == 1);
  REQUIRE(vault.run({"seal"}).status == 0);
  CHECK(vault.run({"unseal"}).status == 1);
  check_sealed(vault);
  hsm.plug_in(0);
  CHECK(vault.command({"unseal"}).at("sealed") == false);
  CHECK(vault.cards(holder).size() == 1);
}

TEST_CASE("seal migrate: the new seal opens the same vault and the old one does not") {
  TempDirectory place;
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  const std::string before = vault.everything(holder);
  const auto next = (place.path() / "next.key").string();
  const Json changed =
      vault.command({"seal", "migrate", "--to", "keyfile", "--to-root-key-file", next});
  CHECK(changed.at("kind") == "keyfile");
  CHECK(vault.everything(holder) == before);
  vault.stop();
  CHECK(vault.run({"client", "list"}).status == 1);
  CHECK(vault.run({"client", "list", "--root-key-file", next}).status == 0);
  const Json shares = vault.command({"seal", "migrate", "--to", "shamir", "--shares", "2",
                                     "--threshold", "2", "--root-key-file", next});
  vault.start();
  check_sealed(vault);
  for (const Json& share : shares.at("shares")) {
    CHECK(vault.run({"unseal"}, share.get<std::string>() + "\n").status == 0);
  }
  CHECK(vault.everything(holder) == before);
}

TEST_CASE("seal migrate: if shares cannot be handed out the old seal stays") {
  TempDirectory place;
  const auto taken = place.path() / "shares";
  std::filesystem::create_directory(taken);
  write_private(taken / "share-2-custodian-2.txt", "another vault's");
  ServedVault vault;
  const Run run = vault.run({"seal", "migrate", "--to", "shamir", "--shares", "3", "--threshold",
                             "2", "--share-dir", taken.string()});
  CHECK(run.status == 1);
  CHECK(run.err.contains("already exists"));
  CHECK(text_of(taken / "share-2-custodian-2.txt") == "another vault's");
  CHECK(vault.command({"seal", "status"}).at("kind") == "keyfile");
  vault.stop();
  CHECK(vault.run({"client", "list"}).status == 0);
}

TEST_CASE("seal migrate: leaving a shared root key needs as many custodians as opening") {
  const Custody custody;
  custody.open();
  TempDirectory place;
  const auto file = (place.path() / "next.key").string();
  const std::vector<std::string> migrate{"seal", "migrate", "--to", "keyfile", "--to-root-key-file",
                                         file};
  const std::string two = custody.share(0) + "\n" + custody.share(3) + "\n";
  CHECK(custody.vault.run(migrate, two).status == 1);
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(custody.seal().at("kind") == "shamir");
  CHECK(custody.vault.command(migrate, two + custody.share(1) + "\n").at("kind") == "keyfile");
}

TEST_CASE("seal migrate: a sealed vault hands out no new shares") {
  const Custody custody;
  for (const char* command : {"migrate", "shares"}) {
    std::vector<std::string> arguments{"seal", command,       "--json", "--shares",
                                       "2",    "--threshold", "2"};
    if (std::string(command) == "migrate") arguments.insert(arguments.end(), {"--to", "shamir"});
    const Run run = custody.vault.run(arguments, custody.share(0) + "\n");
    CHECK(run.status == 1);
    CHECK(run.out.empty());
  }
}

TEST_CASE("seal migrate: another server on the store goes on and its next key change is refused") {
  RedisServer redis;
  ServedVault one(std::vector<std::string>(), {"--store", redis.url()});
  ServedVault other(one, {});
  TempDirectory place;
  const auto next = (place.path() / "next.key").string();
  REQUIRE(one.run({"seal", "migrate", "--to", "keyfile", "--to-root-key-file", next}).status == 0);
  const Holder holder = other.new_holder();
  other.bind_card(holder, kPans[0]);
  CHECK(one.cards(holder).size() == 1);
  const Run refused = other.run({"key", "rotate", "token"});
  CHECK(refused.status == 1);
  CHECK(refused.err.contains("sealed again"));
}

}  // namespace cardvault::test
