#include <httplib.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/vault_process.h"

namespace cardvault::test {
namespace {

using nlohmann::json;

std::string address_in(const Process& program) {
  const auto line = program.first_line();
  INFO(program.err());
  REQUIRE(line);
  return json::parse(*line).at("listen");
}

TEST_CASE("program: the program prints its address, serves there and stops cleanly") {
  for (const int signal : {SIGTERM, SIGINT}) {
    Process program({.arguments = {"--listen", "127.0.0.1:0", "--json"}});
    httplib::Client client("http://" + address_in(program));
    const auto answer = client.Get("/livez");
    REQUIRE(answer);
    CHECK(answer->status == 200);
    program.send(signal);
    CHECK(program.wait().status == 0);
  }
}

TEST_CASE("program: the environment sets options") {
  Process program({.environment = {{"CARDVAULT_SANDBOX_LISTEN", "127.0.0.1:0"},
                                   {"CARDVAULT_SANDBOX_JSON", "true"},
                                   {"CARDVAULT_SANDBOX_VAULT", "http://127.0.0.1:1"},
                                   {"CARDVAULT_SANDBOX_CALLBACK_CHANNEL", "alipay,wearable"}}});
  httplib::Client client("http://" + address_in(program));
  const auto answer = client.Get("/control/channels");
  REQUIRE(answer);
  const json shown = json::parse(answer->body);
  CHECK(shown["vault"] == "http://127.0.0.1:1");
  CHECK(shown["channels"]["alipay"]["callback"] == true);
  CHECK(shown["channels"]["wearable"]["callback"] == true);
  CHECK(shown["channels"]["sms_bank"]["callback"] == false);
  program.send(SIGTERM);
  CHECK(program.wait().status == 0);
}

TEST_CASE("program: the channels file exists before the address is printed") {
  const TempDirectory directory;
  const auto file = directory.path() / "channels.json";
  Process program({.arguments = {"--listen", "127.0.0.1:0", "--json", "--callback-channel",
                                 "alipay", "--write-channels", file.string()}});
  const std::string address = address_in(program);
  std::ifstream in(file);
  const json channels = json::parse(in).at("channels");
  REQUIRE(channels.size() == 7);
  for (const json& channel : channels) {
    const std::string name = channel.at("name");
    CHECK(channel.at("close_url") == "http://" + address + "/channels/" + name + "/close");
    CHECK(channel.at("completion") == (name == "alipay" ? "callback" : "response"));
    CHECK(channel.contains("callback_key") == (name == "alipay"));
  }
  CHECK(channels[3].at("callback_key").get<std::string>().starts_with("whpk_"));
  program.send(SIGTERM);
  CHECK(program.wait().status == 0);
}

TEST_CASE("program: malformed options and unwritable files are refused") {
  CHECK(run_cardvault({.arguments = {"--listen", "nowhere"}}).status != 0);
  CHECK(run_cardvault({.arguments = {"--callback-channel", "paypal"}}).status != 0);
  CHECK(run_cardvault({.arguments = {"--listen", "127.0.0.1:0", "--vault", "vault"}}).status == 1);
  const Run unwritable = run_cardvault(
      {.arguments = {"--listen", "127.0.0.1:0", "--write-channels", "/nowhere/channels.json"}});
  CHECK(unwritable.status == 1);
  CHECK(unwritable.err.find("/nowhere/channels.json") != std::string::npos);
}

TEST_CASE("program: a port in use is an error and never shared") {
  Process first({.arguments = {"--listen", "127.0.0.1:0", "--json"}});
  const Run second = run_cardvault({.arguments = {"--listen", address_in(first)}});
  CHECK(second.status == 1);
  CHECK(second.err.find("Cannot listen") != std::string::npos);
  first.send(SIGTERM);
  CHECK(first.wait().status == 0);
}

}  // namespace
}  // namespace cardvault::test
