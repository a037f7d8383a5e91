#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/paths.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

Run cli(std::vector<std::string> arguments) {
  return run_cardvault({.arguments = std::move(arguments)});
}

/// A refusal gives the reason on standard error, nothing on standard output, and a nonzero status.
void check_refused(const Run& run, std::string_view why) {
  INFO(run.err);
  CHECK(run.status > 0);
  CHECK(run.out.empty());
  CHECK(run.err.find(why) != std::string::npos);
}

unsigned mode_of(const fs::path& file) {
  struct stat facts{};
  REQUIRE(::stat(file.c_str(), &facts) == 0);
  return facts.st_mode & 0777;
}

std::vector<std::string> serve_arguments(const fs::path& data) {
  return {"serve",          "--data",      data.string(), "--listen",   "127.0.0.1:0",
          "--admin-listen", "127.0.0.1:0", "--banks",     kBankProfiles};
}

std::uint16_t listening_port(const Process& server) {
  const auto line = server.first_line();
  INFO(server.err());
  REQUIRE(line);
  const std::string listen = Json::parse(*line).at("listen");
  return static_cast<std::uint16_t>(std::stoi(listen.substr(listen.rfind(':') + 1)));
}

/// A file with all options that `serve` needs.
fs::path write_configuration(const fs::path& directory, const fs::path& data) {
  fs::path file = directory / "cardvault.toml";
  std::ofstream(file) << "[serve]\ndata = \"" << data.string()
                      << "\"\nlisten = \"127.0.0.1:0\"\nadmin-listen = \"127.0.0.1:0\"\nbanks = \""
                      << kBankProfiles << "\"\njson = true\n";
  return file;
}

}  // namespace

TEST_CASE("command line: help and version succeed and an unknown option fails on standard error") {
  const std::vector<std::vector<std::string>> answered{{"--help"},
                                                       {"init", "--help"},
                                                       {"serve", "--help"},
                                                       {"client", "add", "--help"},
                                                       {"--version"}};
  for (const auto& command : answered) {
    const Run run = cli(command);
    CHECK(run.status == 0);
    CHECK_FALSE(run.out.empty());
    CHECK(run.err.empty());
  }
  check_refused(cli({"init", "--data", "x", "--colour", "red"}), "--colour");
}

TEST_CASE(
    "command line: a malformed origin is refused from variable, option and configuration file") {
  TempDirectory directory;
  const fs::path data = directory.path() / "vault";
  (void)initialize(data);
  const std::string expected = "for example https://wallet.example";
  auto arguments = serve_arguments(data);
  Start from_variable{.arguments = arguments};
  from_variable.environment = {
      {"CARDVAULT_CORS_ORIGIN", "https://ok.example,https://wallet.example/"}};
  check_refused(run_cardvault(from_variable), expected);
  arguments.insert(arguments.end(), {"--cors-origin", "https://Wallet.example"});
  check_refused(cli(arguments), expected);
  const fs::path file = write_configuration(directory.path(), data);
  std::ofstream(file, std::ios::app) << "cors-origin = [\"https://wallet.example:443\"]\n";
  check_refused(cli({"--config", file.string(), "serve"}), expected);
}

TEST_CASE("command line: init makes a private vault once and refuses a second time") {
  TempDirectory directory;
  const fs::path data = directory.path() / "vault";
  const Json made = initialize(data);
  CHECK(made["client_key"].get<std::string>().starts_with("cvk_"));
  CHECK(made["client_id"].get<std::string>().starts_with("cli_"));
  CHECK(mode_of(data) == 0700);
  for (const auto& entry : fs::directory_iterator(data)) {
    INFO(entry.path());
    CHECK(mode_of(entry.path()) == 0600);
  }
  std::ifstream key_file(data / "root.key");
  const std::string root_key{std::istreambuf_iterator<char>(key_file), {}};
  check_refused(cli({"init", "--data", data.string(), "--json"}), "already");
  std::ifstream key_again(data / "root.key");
  CHECK(std::string{std::istreambuf_iterator<char>(key_again), {}} == root_key);

  const Run plain = cli({"init", "--data", (directory.path() / "second").string()});
  CHECK(plain.status == 0);
  CHECK(plain.out.starts_with("cvk_"));
  CHECK(plain.err.find("root.key") != std::string::npos);
  CHECK(plain.err.find("cvk_") == std::string::npos);
}

TEST_CASE(
    "command line: serve refuses a missing vault, a readable root key and a directory in use") {
  TempDirectory directory;
  const fs::path data = directory.path() / "vault";
  const Run missing = cli(serve_arguments(data));
  check_refused(missing, "cardvault init");
  CHECK(missing.status == 1);
  fs::create_directory(data);
  check_refused(cli(serve_arguments(data)), "cardvault init");
  fs::remove_all(data);

  (void)initialize(data);
  fs::permissions(data / "root.key", fs::perms(0644));
  check_refused(cli(serve_arguments(data)), "chmod 600");
  check_refused(cli({"client", "list", "--data", data.string()}), "chmod 600");
  fs::permissions(data / "root.key", fs::perms(0600));
  auto bad_address = serve_arguments(data);
  bad_address[4] = "localhost";
  check_refused(cli(bad_address), "HOST:PORT");

  VaultServer server(data);
  check_refused(cli(serve_arguments(data)), "owns");
  check_refused(cli({"init", "--data", data.string()}), "");
  VaultClient operations(server.admin_port(), {}, std::make_shared<Transcript>());
  CHECK(operations.get("/readyz").status == 200);
  server.stop();
}

TEST_CASE("command line: clients are added, listed and removed through a running server") {
  ServedVault vault;
  CHECK(mode_of(vault.data() / "admin.sock") == 0600);
  const Holder holder = vault.new_holder();
  const std::string data = vault.data().string();

  const Run added = cli(
      {"client", "add", "shop", "--permissions", "wallets:read,unlock", "--data", data, "--json"});
  REQUIRE(added.status == 0);
  const Json client = Json::parse(added.out);
  CHECK(client["name"] == "shop");
  CHECK(client["permissions"] == Json{"wallets:read", "unlock"});
  auto shop = vault.backend(client["key"]);
  CHECK(shop.get(holder.path()).status == 200);

  const Run listed = cli({"client", "list", "--data", data, "--json"});
  CHECK(Json::parse(listed.out)["data"].size() == 2);
  CHECK(listed.out.find("cvk_") == std::string::npos);
  CHECK(cli({"client", "list", "--data", data}).out.find("shop") != std::string::npos);

  const Run removed = cli({"client", "remove", client["id"], "--data", data, "--json"});
  CHECK(removed.status == 0);
  CHECK(Json::parse(removed.out)["removed"] == true);
  check_problem(shop.get(holder.path()), 401, "client_key_invalid");
  check_refused(cli({"client", "remove", client["id"], "--data", data}), "no such client");
  check_refused(cli({"client", "remove", "shop", "--data", data}), "not a client id");
  check_refused(cli({"client", "add", "x", "--permissions", "cards:steal", "--data", data}),
                "cards:steal");
  check_refused(
      cli({"client", "add", "x", "--permissions", "cards:import cards:deregister", "--data", data}),
      "cards:import cards:deregister");
  check_refused(
      cli({"client", "add", std::string(65, 'n'), "--permissions", "unlock", "--data", data}), "");
  CHECK(Json::parse(cli({"client", "list", "--data", data, "--json"}).out)["data"].size() == 1);
  vault.stop();
}

TEST_CASE("command line: clients are added, listed and removed without a server") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  const std::string data = vault.data().string();
  vault.stop();
  const Run added =
      cli({"client", "add", "shop", "--permissions", "wallets:read", "--data", data, "--json"});
  REQUIRE(added.status == 0);
  const Json client = Json::parse(added.out);
  CHECK(Json::parse(cli({"client", "list", "--data", data, "--json"}).out)["data"].size() == 2);
  check_refused(cli({"client", "add", "x", "--permissions", "cards:steal", "--data", data}),
                "cards:steal");
  check_refused(
      cli({"client", "add", std::string(65, 'n'), "--permissions", "unlock", "--data", data}),
      "too_long");
  vault.start();
  CHECK(vault.backend(client["key"]).get(holder.path()).status == 200);
  vault.stop();
  CHECK(cli({"client", "remove", client["id"], "--data", data}).status == 0);
  vault.start();
  check_problem(vault.backend(client["key"]).get(holder.path()), 401, "client_key_invalid");
  vault.kill();
  CHECK(Json::parse(cli({"client", "list", "--data", data, "--json"}).out)["data"].size() == 1);
}

TEST_CASE("command line: the environment sets options") {
  TempDirectory directory;
  const fs::path data = directory.path() / "vault";
  (void)initialize(data);
  Process server({.arguments = {"serve"},
                  .environment = {{"CARDVAULT_DATA", data.string()},
                                  {"CARDVAULT_LISTEN", "127.0.0.1:0"},
                                  {"CARDVAULT_ADMIN_LISTEN", "127.0.0.1:0"},
                                  {"CARDVAULT_BANKS", kBankProfiles},
                                  {"CARDVAULT_JSON", "true"},
                                  {"CARDVAULT_LOG_LEVEL", "debug"}}});
  CHECK(listening_port(server) > 0);
  server.send(SIGTERM);
  CHECK(server.wait().status == 0);
}

TEST_CASE("command line: a configuration file sets options") {
  TempDirectory directory;
  const fs::path data = directory.path() / "vault";
  (void)initialize(data);
  const fs::path file = write_configuration(directory.path(), data);
  Process server({.arguments = {"--config", file.string(), "serve"}});
  CHECK(listening_port(server) > 0);
  server.send(SIGINT);
  const Run run = server.wait();
  CHECK(run.status == 0);
  CHECK(run.out.find('\n') == run.out.size() - 1);
  check_refused(cli({"--config", (directory.path() / "none.toml").string(), "serve"}), "none.toml");
}

TEST_CASE("command line: the environment may name the configuration file") {
  TempDirectory directory;
  const fs::path data = directory.path() / "vault";
  (void)initialize(data);
  const fs::path file = write_configuration(directory.path(), data);
  Process server({.arguments = {"serve"}, .environment = {{"CARDVAULT_CONFIG", file.string()}}});
  CHECK(listening_port(server) > 0);
  server.send(SIGTERM);
  CHECK(server.wait().status == 0);
}

TEST_CASE("command line: a configuration file with an unknown key is refused as a whole") {
  TempDirectory directory;
  const fs::path data = directory.path() / "vault";
  (void)initialize(data);
  const fs::path file = write_configuration(directory.path(), data);
  std::ofstream(file, std::ios::app) << "cors-orign = \"https://wallet.example\"\n";
  Process server({.arguments = {"--config", file.string(), "serve"}});
  REQUIRE_FALSE(server.first_line());
  const Run run = server.wait();
  CHECK(run.status > 0);
  CHECK(run.err.find("cors-orign") != std::string::npos);
}

}  // namespace cardvault::test
