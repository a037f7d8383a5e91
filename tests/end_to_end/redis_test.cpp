#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fstream>
#include <iterator>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/paths.h"
#include "tests/support/redis_server.h"
#include "tests/support/soon.h"
#include "tests/vault/in_parallel.h"

namespace cardvault::test {
namespace {

constexpr const char* kStorePassword = "open-sesame-4711";
constexpr const char* kNotThePassword = "open-barley-4712";

std::vector<std::string> kept_in(const RedisServer& server) {
  return {"--store", server.url()};
}

void check_unavailable(const Answer& answer) {
  check_problem(answer, 503, "store_unavailable");
  CHECK_FALSE(answer.field("Retry-After").empty());
}

/// `cardvault serve` that may not get as far as to listen.
class Starting {
 public:
  Starting(const std::filesystem::path& data, const std::vector<std::string>& store)
      : process_({.arguments = arguments(data, store)}) {}

  [[nodiscard]] Process& process() { return process_; }
  /// The port of the admin listener, from the log's line "starting".
  [[nodiscard]] std::uint16_t admin_port() const {
    REQUIRE(soon([this] { return !starting().empty(); }));
    return port_of(Json::parse(starting()));
  }
  [[nodiscard]] static std::uint16_t port_of(const Json& said) {
    const std::string address = said.at("admin_listen");
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }

 private:
  static std::vector<std::string> arguments(const std::filesystem::path& data,
                                            const std::vector<std::string>& store) {
    std::vector<std::string> all{"serve",       "--data",         data.string(), "--listen",
                                 "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--banks",
                                 kBankProfiles, "--test-mode",    "--json"};
    all.insert(all.end(), store.begin(), store.end());
    return all;
  }
  /// The whole line once it is complete, otherwise empty.
  [[nodiscard]] std::string starting() const {
    const std::string log = process_.err();
    const auto at = log.find("\"event\":\"starting\"");
    if (at == std::string::npos || log.find('\n', at) == std::string::npos) return {};
    const auto before = log.rfind('\n', at);
    const auto begin = before == std::string::npos ? 0 : before + 1;
    return log.substr(begin, log.find('\n', at) - begin);
  }

  Process process_;
};

/// A vault whose holder has a card and a token.
struct InUse {
  explicit InUse(std::vector<std::string> store)
      : vault(std::vector<std::string>{}, std::move(store)) {
    static_cast<void>(vault.bind_card(holder, kPans[0]));
  }

  ServedVault vault;
  Holder holder = vault.new_holder();
  std::string token = vault.token(holder);

  [[nodiscard]] Answer list() const {
    return vault.front_end(token, holder.device).get("/v1/cards");
  }
  [[nodiscard]] Answer add_device(int n) const {
    const std::string number = std::to_string(n);
    return vault.backend().post(
        holder.path("/devices"),
        {{"name", "tablet"}, {"fingerprint", "fingerprint-of-tablet-" + number}});
  }
  /// The number of concurrent callers that got 503 with Retry-After.
  [[nodiscard]] int refused_of_many(int callers) const {
    std::atomic<int> refused{0};
    in_parallel(callers, [&](int n) {
      const Answer answer = n % 2 == 0 ? list() : add_device(n);
      const bool told = answer.status == 503 && answer.code() == "store_unavailable" &&
                        !answer.field("Retry-After").empty();
      if (told) ++refused;
    });
    return refused;
  }
  [[nodiscard]] bool answers() const {
    return soon([this] { return list().status == 200; }) &&
           soon([this] { return vault.operations().get("/readyz").status == 200; });
  }
};

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::filesystem::path password_file(const TempDirectory& directory, const char* password) {
  const auto file = directory.path() / "password";
  std::ofstream(file) << password << '\n';
  return file;
}

}  // namespace

TEST_CASE("redis down at the start: the server is alive, not ready and serves once Redis is up") {
  RedisServer redis;
  const TempDirectory directory;
  const auto data = directory.path() / "vault";
  static_cast<void>(initialize(data, kept_in(redis)));
  redis.stop();

  Starting server(data, kept_in(redis));
  VaultClient operations(server.admin_port(), {}, std::make_shared<Transcript>());
  CHECK(operations.get("/livez").status == 200);
  check_unavailable(operations.get("/readyz"));
  CHECK(soon([&] {
    return server.process().err().find("\"event\":\"waiting_for_store\"") != std::string::npos;
  }));
  CHECK(server.process().err().find("127.0.0.1:" + std::to_string(redis.port())) !=
        std::string::npos);

  redis.start();
  const auto line = server.process().first_line();
  REQUIRE(line);
  CHECK(Starting::port_of(Json::parse(*line)) == server.admin_port());
  CHECK(operations.get("/readyz").status == 200);
  server.process().send(SIGTERM);
  CHECK(server.process().wait().status == 0);
}

TEST_CASE("redis down at the start: a waiting server stops at once with status 0") {
  RedisServer redis;
  const TempDirectory directory;
  const auto data = directory.path() / "vault";
  static_cast<void>(initialize(data, kept_in(redis)));
  redis.stop();
  Starting server(data, kept_in(redis));
  static_cast<void>(server.admin_port());
  server.process().send(SIGTERM);
  const Run run = server.process().wait();
  CHECK(run.status == 0);
  CHECK(run.out.empty());
}

TEST_CASE("redis down at init: no vault is made and the error names the Redis server") {
  RedisServer redis;
  redis.stop();
  const TempDirectory directory;
  const Run run =
      run_cardvault({.arguments = {"init", "--data", (directory.path() / "vault").string(),
                                   "--store", redis.url(), "--json"}});
  INFO(run.err);
  CHECK(run.status == 1);
  CHECK(run.out.empty());
  CHECK(run.err.find("127.0.0.1:" + std::to_string(redis.port())) != std::string::npos);
}

TEST_CASE("redis down later: every caller gets 503 with Retry-After until Redis is back") {
  constexpr int kCallers = 48;
  RedisServer redis;
  const InUse use(kept_in(redis));
  const Json before = use.list().json();
  for (int round = 0; round < 2; ++round) {
    redis.kill();
    check_unavailable(use.list());
    check_unavailable(use.add_device(1));
    check_unavailable(use.vault.operations().get("/readyz"));
    CHECK(use.vault.operations().get("/livez").status == 200);
    CHECK(use.refused_of_many(kCallers) == kCallers);
    redis.start();
    CHECK(use.answers());
    CHECK(use.list().json() == before);
    CHECK(use.add_device(100 + round).status == 201);
  }
}

TEST_CASE("redis that hangs: each of many callers gets 503 with Retry-After and is served later") {
  constexpr int kCallers = 48;
  RedisServer redis;
  auto store = kept_in(redis);
  store.insert(store.end(), {"--store-timeout-ms", "2000"});
  const InUse use(store);
  redis.pause();
  CHECK(use.refused_of_many(kCallers) == kCallers);
  CHECK(use.refused_of_many(kCallers) == kCallers);
  CHECK(use.vault.operations().get("/livez").status == 200);
  redis.resume();
  CHECK(use.answers());
  CHECK(use.add_device(100).status == 201);
}

TEST_CASE("redis that was made a replica: lists go on and changes and readiness get 503") {
  RedisServer redis;
  const RedisServer other;
  const InUse use(kept_in(redis));
  const Json before = use.list().json();
  const auto follow = [](const RedisServer& replica, const RedisServer& primary) {
    replica.command({"REPLICAOF", "127.0.0.1", std::to_string(primary.port())});
    REQUIRE(
        soon([&] { return replica.info({"INFO", "replication"}, "master_link_status") == "up"; }));
  };
  follow(other, redis);
  other.command({"REPLICAOF", "NO", "ONE"});
  follow(redis, other);
  CHECK(use.list().json() == before);
  check_unavailable(use.add_device(1));
  check_unavailable(use.vault.operations().get("/readyz"));
  redis.command({"REPLICAOF", "NO", "ONE"});
  CHECK(use.answers());
  CHECK(use.add_device(1).status == 201);
}

TEST_CASE("redis with a wrong password: the start fails at once and the password is not shown") {
  const RedisServer redis({.password = kStorePassword, .user = "vault"});
  const TempDirectory directory;
  const auto data = directory.path() / "vault";
  const auto file = password_file(directory, kStorePassword);
  const std::vector<std::string> store{"--store", redis.url(), "--store-password-file",
                                       file.string()};
  static_cast<void>(initialize(data, store));
  static_cast<void>(password_file(directory, kNotThePassword));
  Starting server(data, store);
  const Run run = server.process().wait();
  INFO(run.err);
  CHECK(run.status == 1);
  CHECK(run.out.empty());
  CHECK(run.err.find("user name or password") != std::string::npos);
  CHECK(run.err.find("127.0.0.1:" + std::to_string(redis.port())) != std::string::npos);
  CHECK(run.err.find(kNotThePassword) == std::string::npos);
}

TEST_CASE("redis that may lose what it acknowledged: init fails and names the setting") {
  const RedisServer redis({.config = {"appendfsync everysec"}});
  const TempDirectory directory;
  const auto data = directory.path() / "vault";
  auto store = kept_in(redis);
  const Run refused = run_cardvault(
      {.arguments = {"init", "--data", data.string(), "--store", redis.url(), "--json"}});
  INFO(refused.err);
  CHECK(refused.status == 1);
  CHECK(refused.err.find("appendfsync is everysec") != std::string::npos);
  CHECK(refused.err.find("--accept-data-loss") != std::string::npos);
  store.emplace_back("--accept-data-loss");
  const InUse use(store);
  CHECK(use.list().status == 200);
}

TEST_CASE("redis with a password: the password is not in logs, answers or the process list") {
  RedisServer redis({.password = kStorePassword, .user = "vault"});
  const TempDirectory directory;
  const auto file = password_file(directory, kStorePassword);
  InUse use(
      {"--store", redis.url(), "--store-password-file", file.string(), "--log-level", "debug"});
  redis.command({"ACL", "SETUSER", "vault", "resetpass", std::string(">") + kNotThePassword});
  redis.command({"CLIENT", "KILL", "USER", "vault"});
  CHECK(soon([&] { return use.list().status == 503; }));
  check_unavailable(use.vault.operations().get("/readyz"));
  redis.command({"ACL", "SETUSER", "vault", std::string(">") + kStorePassword});
  CHECK(use.answers());

  const auto process = std::filesystem::path("/proc") / std::to_string(use.vault.server().pid());
  const std::string command_line = text_of(process / "cmdline");
  CHECK(command_line.find("--store-password-file") != std::string::npos);
  CHECK(command_line.find(kStorePassword) == std::string::npos);
  CHECK(text_of(process / "environ").find(kStorePassword) == std::string::npos);
  CHECK(use.vault.server().log().find(kStorePassword) == std::string::npos);
  CHECK(use.vault.transcript().text().find(kStorePassword) == std::string::npos);
}

}  // namespace cardvault::test
