#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/paths.h"

namespace cardvault::test {
namespace {

namespace fs = std::filesystem;

/// Checks for exit status 2, empty standard output, and each of the words on standard error.
void check_misused(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& words) {
  const Run run = run_cardvault({.arguments = arguments});
  INFO(run.err);
  CHECK(run.status == 2);
  CHECK(run.out.empty());
  CHECK(run.err.starts_with("cardvault: "));
  for (const std::string& word : words) {
    INFO(word);
    CHECK(run.err.find(word) != std::string::npos);
  }
}

/// Checks the error about a configuration file with this text.
void check_file_refused(const std::string& text, const std::vector<std::string>& words) {
  INFO(text);
  const TempDirectory directory;
  const fs::path file = directory.path() / "cardvault.toml";
  std::ofstream(file) << text;
  auto all = words;
  all.push_back(file.string());
  check_misused({"--config", file.string(), "serve"}, all);
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Every CARDVAULT_ variable that occurs in scripts, CI and compose files.
std::set<std::string> variables_of_scripts() {
  const fs::path root = fs::path(kSeedFile).parent_path().parent_path();
  std::string text = text_of(root / "docker-compose.yml");
  for (const char* folder : {"scripts", "compose", ".ci"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file()) text += text_of(entry.path());
    }
  }
  std::set<std::string> names;
  const std::regex name("CARDVAULT_[A-Z_]+");
  for (std::sregex_iterator match(text.begin(), text.end(), name), end; match != end; ++match) {
    names.insert(match->str());
  }
  return names;
}

}  // namespace

TEST_CASE("usage: an unknown command is named with the nearest one or all commands") {
  check_misused({"serv"}, {"`cardvault` has no command \"serv\"", "Did you mean serve?"});
  check_misused({"bake"}, {"\"bake\"", "init", "serve", "client"});
  check_misused({"client", "ad", "shop"}, {"`cardvault client` has no command \"ad\"", "add"});
  check_misused({}, {"A command is missing after `cardvault`", "serve"});
  check_misused({"key"}, {"A command is missing after `cardvault key`", "rotate"});
}

TEST_CASE("usage: an unknown or misplaced option is named with the remedy") {
  check_misused({"init", "--data", "x", "--colour", "red"},
                {"`cardvault init` has no option --colour", "`cardvault init --help`"});
  check_misused({"serve", "--data", "x", "--lisen=127.0.0.1:0"}, {"--lisen", "--listen?"});
  check_misused({"--data", "x", "serve"}, {"cardvault serve --data"});
  check_misused({"serve", "--data", "x", "--config", "cardvault.toml"},
                {"--config goes before the command: cardvault --config FILE serve"});
  check_misused({"client", "list", "--config=cardvault.toml"},
                {"cardvault --config FILE client list"});
  check_misused({"serve"}, {"--data", "`cardvault serve --help`"});
  check_misused({"serve", "--data", "x", "--max-connections", "many"}, {"--max-connections"});
}

TEST_CASE("usage: an unknown key of the configuration file is named with its place") {
  check_file_refused("[serve]\ncors-orign = \"https://wallet.example\"\n",
                     {"\"cors-orign\" in [serve]", "Did you mean cors-origin?"});
  check_file_refused("[serve]\nmax_connections = 5\n", {"max_connections", "max-connections?"});
  check_file_refused("listen = \"127.0.0.1:0\"\n",
                     {"\"listen\" before any section", "belongs in the section [serve]"});
  check_file_refused("[client.add]\nlisten = \"127.0.0.1:0\"\n",
                     {"\"listen\" in [client.add]", "belongs in the section [serve]"});
  check_file_refused("[server]\nlisten = \"127.0.0.1:0\"\n",
                     {"the section [server]", "Did you mean serve?"});
  check_misused({"--config", "/nowhere/cardvault.toml", "serve"},
                {"/nowhere/cardvault.toml cannot be read", "CARDVAULT_CONFIG"});
}

TEST_CASE("usage: an unknown environment variable is logged and is no error") {
  const TempDirectory directory;
  const std::string data = (directory.path() / "vault").string();
  (void)initialize(data);
  const Run run = run_cardvault(
      {.arguments = {"client", "list", "--data", data},
       .environment = {{"CARDVAULT_LISTN", "127.0.0.1:0"}, {"CARDVAULT_COLOUR", "red"}}});
  INFO(run.err);
  CHECK(run.status == 0);
  CHECK(run.err.find("environment_variable_unknown") != std::string::npos);
  CHECK(run.err.find(R"("variable":"CARDVAULT_LISTN","did_you_mean":"CARDVAULT_LISTEN")") !=
        std::string::npos);
  CHECK(run.err.find(R"("variable":"CARDVAULT_COLOUR","did_you_mean":"")") != std::string::npos);
  CHECK(run.err.find("127.0.0.1:0") == std::string::npos);
}

TEST_CASE("usage: the environment variables of scripts and compose are known") {
  const auto names = variables_of_scripts();
  CHECK(names.contains("CARDVAULT_DEPS_DIR"));
  CHECK(names.contains("CARDVAULT_TEST_VECTORS"));
  // Variables of options would change the options.
  const std::string options = run_cardvault({.arguments = {"serve", "--help"}}).out +
                              run_cardvault({.arguments = {"seed", "--help"}}).out;
  Start start{.arguments = {"client", "list", "--data", "/nowhere"}};
  for (const std::string& name : names) {
    const bool is_option = options.find("Env:" + name + ")") != std::string::npos;
    if (!is_option && name != "CARDVAULT_CONFIG") start.environment.emplace_back(name, "1");
  }
  CHECK(start.environment.size() > 5);
  const Run run = run_cardvault(start);
  INFO(run.err);
  CHECK(run.err.find("environment_variable_unknown") == std::string::npos);
}

TEST_CASE("usage: missing banks, channels and calendars are named with their option") {
  const TempDirectory directory;
  const std::string data = (directory.path() / "vault").string();
  (void)initialize(data);
  for (const std::string option : {"--banks", "--channels", "--calendars"}) {
    const Run run =
        run_cardvault({.arguments = {"serve", "--data", data, "--listen", "127.0.0.1:0",
                                     "--admin-listen", "127.0.0.1:0", option, "/nowhere/at-all"}});
    INFO(run.err);
    CHECK(run.status == 1);
    CHECK(run.err.find("There is no /nowhere/at-all, the value of " + option) != std::string::npos);
    CHECK(run.err.find("leave the option out") != std::string::npos);
    CHECK(run.err.find("/config/" + option.substr(2)) != std::string::npos);
  }
}

TEST_CASE("usage: a vault restored without its root key asks for that root key") {
  const TempDirectory directory;
  const fs::path data = directory.path() / "vault";
  (void)initialize(data);
  const std::string backup = (directory.path() / "backup").string();
  const std::string restored = (directory.path() / "restored").string();
  REQUIRE(run_cardvault({.arguments = {"backup", backup, "--data", data.string()}}).status == 0);
  REQUIRE(run_cardvault({.arguments = {"restore", backup, "--data", restored}}).status == 0);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"serve", "--listen", "127.0.0.1:0", "--admin-listen",
                                 "127.0.0.1:0"},
        {"client", "list"},
        {"key", "list"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--data", restored});
    const Run run = run_cardvault({.arguments = arguments});
    INFO(run.err);
    CHECK(run.status == 1);
    CHECK(run.err.find("Put the root key file of this vault") != std::string::npos);
    CHECK(run.err.find(restored + "/root.key") != std::string::npos);
    CHECK(run.err.find("--root-key-file") != std::string::npos);
  }
  fs::copy_file(data / "root.key", fs::path(restored) / "root.key");
  CHECK(run_cardvault({.arguments = {"client", "list", "--data", restored}}).status == 0);
}

}  // namespace cardvault::test
