#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/redis_server.h"

namespace cardvault::test {
namespace {

Run restore(const std::filesystem::path& file, const std::filesystem::path& data,
            const std::vector<std::string>& store = {}) {
  std::vector<std::string> arguments{"restore", file.string(), "--data", data.string()};
  arguments.insert(arguments.end(), store.begin(), store.end());
  return run_cardvault({.arguments = arguments});
}

}  // namespace

TEST_CASE(
    "backup: a backup of a serving vault restores elsewhere and opens only with its own seal") {
  TempDirectory place;
  const auto file = place.path() / "backup";
  ServedVault vault;
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  REQUIRE(vault.run({"backup", file.string()}).status == 0);
  struct stat facts{};
  REQUIRE(::stat(file.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  CHECK(vault.run({"backup", file.string()}).status == 1);
  vault.bind_card(holder, kPans[1]);

  const auto data = place.path() / "restored";
  REQUIRE(restore(file, data).status == 0);
  CHECK(restore(file, data).status == 1);
  const auto list = [&](const std::filesystem::path& key) {
    return run_cardvault({.arguments = {"client", "list", "--data", data.string(),
                                        "--root-key-file", key.string()}})
        .status;
  };
  CHECK(list(data / "root.key") == 1);
  const ServedVault another;
  CHECK(list(another.data() / "root.key") == 1);
  CHECK(list(vault.data() / "root.key") == 0);
  VaultServer server(data, {"--root-key-file", (vault.data() / "root.key").string()});
  VaultClient client(server.port(), {{"Authorization", "Bearer " + vault.admin_key()}},
                     std::make_shared<Transcript>());
  const auto wallet = client.get(holder.path());
  CHECK(wallet.status == 200);
  CHECK(client.post(holder.path("/cards"), {{"pan", kPans[0]}}).code() == "card_already_bound");
  CHECK(client.post(holder.path("/cards"), {{"pan", kPans[1]}}).status == 201);
}

TEST_CASE("backup: a backup of Redis restores into an empty Redis or a directory") {
  TempDirectory place;
  const auto file = place.path() / "backup";
  RedisServer redis;
  ServedVault vault(std::vector<std::string>(), {"--store", redis.url()});
  const Holder holder = vault.new_holder();
  vault.bind_card(holder, kPans[0]);
  REQUIRE(vault.run({"backup", file.string()}).status == 0);
  RedisServer empty;
  const auto beside = place.path() / "beside";
  std::filesystem::create_directory(beside);
  std::filesystem::permissions(beside, std::filesystem::perms::owner_all);
  CHECK(restore(file, beside, {"--store", empty.url()}).status == 0);
  CHECK(restore(file, beside, {"--store", redis.url()}).status == 1);
  CHECK(restore(file, place.path() / "directory").status == 0);
  const std::vector<std::string> key{"--root-key-file", (vault.data() / "root.key").string()};
  std::vector<std::string> shared{"--store", empty.url()};
  shared.insert(shared.end(), key.begin(), key.end());
  const VaultServer from_redis(beside, shared);
  const VaultServer from_directory(place.path() / "directory", key);
  for (const VaultServer* server : {&from_redis, &from_directory}) {
    VaultClient client(server->port(), {{"Authorization", "Bearer " + vault.admin_key()}},
                       std::make_shared<Transcript>());
    CHECK(client.post(holder.path("/cards"), {{"pan", kPans[0]}}).code() == "card_already_bound");
  }
}

TEST_CASE("backup: an older keyring is accepted only in the directory that restored it") {
  TempDirectory place;
  const auto file = place.path() / "backup";
  RedisServer redis;
  ServedVault one(std::vector<std::string>(), {"--store", redis.url()});
  ServedVault other(one, {});
  REQUIRE(one.run({"backup", file.string()}).status == 0);
  one.command({"key", "rotate", "token", "--no-wait"});
  one.command({"key", "list"});
  other.command({"key", "list"});
  one.stop();
  other.stop();
  const auto mark = one.data() / "keyring.mark";
  REQUIRE(std::filesystem::exists(mark));
  RedisServer empty;
  REQUIRE(restore(file, one.data(), {"--store", empty.url()}).status == 0);
  CHECK_FALSE(std::filesystem::exists(mark));
  const auto list = [&](const ServedVault& at) {
    return run_cardvault(
        {.arguments = {"client", "list", "--data", at.data().string(), "--store", empty.url(),
                       "--root-key-file", (one.data() / "root.key").string()}});
  };
  CHECK(list(one).status == 0);
  const Run refused = list(other);
  CHECK(refused.status == 1);
  CHECK(refused.err.contains("keyring.mark"));
}

TEST_CASE("backup: a file that is not a backup is refused and leaves no database") {
  TempDirectory place;
  const auto data = place.path() / "data";
  CHECK(restore("/bin/sh", data).status == 1);
  CHECK(restore(place.path() / "nothing", data).status == 1);
  CHECK_FALSE(std::filesystem::exists(data / "vault.db"));
}

TEST_CASE("compact: a serving vault compacts and keeps its cards") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string card = vault.bind_card(holder, kPans[0]);
  vault.bind_card(holder, kPans[1]);
  REQUIRE(vault.backend()
              .post(holder.path("/cards/" + card + "/deregistrations"), {{"reason", "lost"}})
              .status == 202);
  CHECK(vault.command({"compact"}).at("compacted") == true);
  CHECK(vault.cards(holder).size() == 1);
}

}  // namespace cardvault::test
