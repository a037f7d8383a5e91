#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>

#include "tests/end_to_end/leak_scan.h"
#include "tests/end_to_end/served_vault.h"
#include "tests/support/process_rights.h"
#include "tests/support/raw_http.h"

namespace cardvault::test {
namespace {

constexpr const char* kSubject = "subject-of-the-leak-scan";
constexpr const char* kFingerprint = "fingerprint-of-the-leak-scan";
constexpr const char* kHolderName = "Zhang Wei of the leak scan";
constexpr const char* kPhone = "+86-138-0013-8000";
constexpr const char* kIdempotencyKey = "idempotency-key-of-the-leak-scan";

std::string file_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The secrets of a scenario, which must not be left anywhere.
struct Secrets {
  std::vector<Needle> everywhere;
  std::vector<Needle> tokens;
  std::vector<Needle> root_key;
};

void add(std::vector<Needle>& to, std::vector<Needle> more) {
  std::ranges::move(more, std::back_inserter(to));
}

Secrets secrets_of(const ServedVault& vault, const std::vector<std::string>& client_keys,
                   const std::vector<std::string>& tokens) {
  Secrets secrets;
  for (const char* pan : kPans) add(secrets.everywhere, spellings_of_pan(pan));
  for (const auto& [what, text] :
       std::vector<std::pair<std::string, std::string>>{{"password", kPassword},
                                                        {"wrong password", kWrongPassword},
                                                        {"gesture", kGesture},
                                                        {"gesture's nodes", "410367852"},
                                                        {"wrong gesture", kWrongGesture},
                                                        {"subject", kSubject},
                                                        {"device fingerprint", kFingerprint},
                                                        {"holder name", kHolderName},
                                                        {"phone", kPhone},
                                                        {"idempotency key", kIdempotencyKey}}) {
    add(secrets.everywhere, spellings_of_secret(what, text));
  }
  for (const std::string& key : client_keys) {
    add(secrets.everywhere, spellings_of_secret("client key", key));
    add(secrets.everywhere, spellings_of_secret("client key's tail", key.substr(key.size() - 43)));
  }
  for (const std::string& token : tokens) add(secrets.tokens, spellings_of_secret("token", token));
  std::string root_key = file_text(vault.data() / "root.key");
  while (!root_key.empty() && root_key.back() == '\n') root_key.pop_back();
  REQUIRE(root_key.size() >= 32);
  add(secrets.root_key, spellings_of_secret("root key", root_key));
  return secrets;
}

/// A full scenario of one wallet. Returns its tokens.
std::vector<std::string> live(ServedVault& vault, VaultClient& team) {
  Holder holder;
  holder.wallet =
      team.post("/v1/wallets", {{"subject", kSubject}}, {{"Idempotency-Key", kIdempotencyKey}})
          .id();
  holder.device =
      team.post(holder.path("/devices"), {{"name", "phone"}, {"fingerprint", kFingerprint}}).id();
  vault.set_gesture(holder);
  vault.set_password(holder);
  std::vector<std::string> cards;
  for (const char* pan : kPans) {
    const auto bound = team.post(holder.path("/cards"),
                                 {{"pan", pan}, {"holder_name", kHolderName}, {"phone", kPhone}},
                                 {{"Idempotency-Key", std::string("import-") + (pan + 12)}});
    REQUIRE(bound.status == 201);
    cards.push_back(bound.id());
  }
  std::vector<std::string> tokens;
  const auto unlock = [&](const char* method, const char* secret) {
    const auto answer =
        team.post(holder.path("/unlock"),
                  {{"device_id", holder.device}, {"method", method}, {"secret", secret}});
    if (answer.status == 200) tokens.push_back(answer.text("token"));
  };
  unlock("gesture", kWrongGesture);
  unlock("password", kWrongPassword);
  unlock("gesture", kGesture);
  unlock("password", kPassword);
  REQUIRE(tokens.size() == 2);
  const Json ask{{"device_id", holder.device}, {"scopes", {"cards:list"}}};
  tokens.push_back(
      team.post(holder.path("/tokens"), ask, {{"Idempotency-Key", "token"}}).text("token"));
  auto viewer = vault.front_end(tokens[0], holder.device);
  REQUIRE(viewer.get("/v1/cards").json()["data"].size() == kPans.size());
  for (const std::string& card : cards) viewer.get("/v1/cards/" + card);
  viewer.patch("/v1/cards/" + cards[0], {{"nickname", "travel"}});
  team.post("/v1/tokens/introspect", {{"token", tokens[1]}});
  team.post("/v1/tokens/revoke", {{"token", tokens[1]}});
  team.post(holder.path("/cards/" + cards[0] + "/deregistrations"), {{"reason", "lost"}});
  team.get(holder.path("/audit?limit=200"));
  return tokens;
}

/// Sends secrets in wrong places. Each request is refused, and no answer may repeat a secret.
void misplace_secrets(ServedVault& vault, VaultClient& team) {
  const Holder holder = vault.new_holder();
  const std::string pan = kPans[1];
  auto viewer = vault.front_end(vault.token(holder), holder.device);
  team.send("POST", holder.path("/cards"), "{\"pan\":\"" + pan + "\"");
  team.post(holder.path("/cards"), {{pan, pan}});
  team.post(holder.path("/cards"), {{"pan", pan + "x"}});
  team.post(holder.path("/cards"), {{"pan", pan}, {"cvv", "123"}});
  team.post(holder.path("/cards"), {{"pan", pan}, {"channels", {pan, kPassword}}});
  team.post(holder.path("/devices"), {{"name", pan}, {"fingerprint", kFingerprint}});
  team.post(holder.path("/devices"), {{"name", "x"}, {"fingerprint", kFingerprint}, {"x", pan}});
  team.post(holder.path("/unlock"),
            {{"device_id", pan}, {"method", kPassword}, {"secret", kGesture}});
  team.post(holder.path("/tokens"), {{"device_id", holder.device}, {"scopes", {kPassword}}});
  team.put(holder.path("/credentials/gesture"), {{"gesture", kPassword}});
  team.put(holder.path("/credentials/" + pan), {{"gesture", kGesture}});
  team.post("/v1/wallets", {{"subject", kSubject}, {"locale", pan}});
  team.get("/v1/wallets/" + pan);
  team.get("/v1/" + pan + "?pan=" + pan);
  team.get(holder.path("/audit?cursor=" + pan));
  team.get(holder.path("/audit?" + pan + "=1"));
  team.get(holder.path(), {{"X-Pan", pan}, {"User-Agent", kPassword}, {"Origin", pan}});
  team.post(holder.path("/cards"), {{"pan", "1"}}, {{"Idempotency-Key", kPassword}});
  team.send("BREW", "/v1/" + pan, "");
  viewer.get("/v1/cards/" + pan);
  viewer.get("/v1/cards", {{"If-None-Match", pan}});
  vault.front_end(pan, kPassword).get("/v1/cards");
  vault.backend(kPassword).get(holder.path());
  vault.operations().post("/v1/test/clock", {{pan, kPassword}});
  RawClient raw(vault.server().port());
  raw.ask("GET /v1/" + pan + " HTTP/9.9\r\n" + pan + ": " + pan + "\r\n\r\n");
}

}  // namespace

TEST_CASE("leak scan: a planted number is found in every spelling and at every offset") {
  TempDirectory directory;
  const std::string pan = kPans[0];
  const auto needles = spellings_of_pan(pan);
  for (const std::string& planted :
       {std::string("4111111111111111"), std::string("4111 1111 1111 1111"),
        std::string("4111-1111-1111-1111"), std::string("34313131313131313131313131313131"),
        std::string("NDExMTExMTExMTExMTExMQ=="), std::string("eDQxMTExMTExMTExMTExMTE="),
        std::string("eHg0MTExMTExMTExMTExMTEx"),
        std::string("\x41\x11\x11\x11\x11\x11\x11\x11", 8)}) {
    INFO(planted);
    std::ofstream(directory.path() / "vault.db", std::ios::binary)
        << std::string(5000, '\0') << planted << std::string(70, '\xff');
    CHECK_FALSE(scan_directory(directory.path(), needles).found.empty());
  }
  std::ofstream(directory.path() / "vault.db", std::ios::binary) << "**** **** **** 1111 411111";
  CHECK(scan_directory(directory.path(), needles).found.empty());
  CHECK_FALSE(
      find_in("a Kupferkessel-8417 b", "log", spellings_of_secret("password", kPassword)).empty());
}

TEST_CASE("leak scan: after a full scenario no secret is in data, log, answers or process") {
  ServedVault vault({"--log-level", "debug"});
  const std::string second_key = vault.add_client("admin");
  auto team = vault.backend(second_key);
  const auto tokens = live(vault, team);
  misplace_secrets(vault, team);
  const Secrets secrets = secrets_of(vault, {vault.admin_key(), second_key}, tokens);
  std::vector<Needle> kept_nowhere = secrets.everywhere;
  add(kept_nowhere, secrets.root_key);
  std::vector<Needle> inside = kept_nowhere;
  add(inside, secrets.tokens);

  const auto check_files = [&](const char* when) {
    const DirectoryScan scan = scan_directory(vault.data(), inside, {"root.key"});
    INFO(when << ": " << scan.files << " files, " << scan.bytes << " bytes");
    CHECK(scan.found == std::vector<std::string>{});
    CHECK(scan.files >= 2);
    CHECK(scan.bytes > 10'000);
  };
  check_files("while it runs");

  const std::string process = "/proc/" + std::to_string(vault.server().pid());
  const std::string command_line = file_text(process + "/cmdline");
  CHECK(command_line.find("serve") != std::string::npos);
  CHECK(find_in(command_line, "cmdline", inside) == std::vector<std::string>{});
  const std::string environment = file_text(process + "/environ");
  CHECK(find_in(environment, "environ", inside) == std::vector<std::string>{});
  if (environment.empty()) {
    CHECK_FALSE(may_read_hidden_memory());
    WARN("the server's environment was not looked through: that needs root with CAP_SYS_PTRACE");
  }

  vault.stop();
  check_files("after it stopped");
  const std::string log = vault.server().log();
  CHECK(log.find("\"request\"") != std::string::npos);
  CHECK(find_in(log, "log", inside) == std::vector<std::string>{});
  CHECK(find_in(vault.transcript().text(), "answers", kept_nowhere) == std::vector<std::string>{});
  CHECK(vault.transcript().text().find(tokens[0]) != std::string::npos);

  vault.start();
  vault.kill();
  check_files("after a crash");
}

}  // namespace cardvault::test
