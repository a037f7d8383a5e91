#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "tests/end_to_end/served_vault.h"
#include "tests/support/paths.h"

namespace cardvault::test {

TEST_CASE("probes: probes and metrics are only on the admin listener") {
  ServedVault vault;
  auto operations = vault.operations();
  CHECK(operations.get("/livez").status == 200);
  CHECK(operations.get("/readyz").status == 200);
  for (const char* path : {"/livez", "/readyz", "/metrics"}) {
    check_problem(vault.nobody().get(path), 404, "route_not_found");
  }
  check_problem(vault.nobody().post("/v1/test/clock", {{"advance_s", 1}}), 404, "route_not_found");
  check_problem(vault.backend().get("/v1/wallets/" + std::string(kNoWallet)), 404,
                "wallet_not_found");
  const std::string metrics = operations.get("/metrics").body;
  CHECK(metrics.find("cardvault_http_requests_total{") != std::string::npos);
  CHECK(metrics.find("route=\"/v1/wallets/:wallet\"") != std::string::npos);
  CHECK(metrics.find(kNoWallet) == std::string::npos);
  check_problem(operations.get("/v1/wallets/" + std::string(kNoWallet)), 404, "route_not_found");
  check_problem(operations.post("/clients", {{"name", "x"}, {"permissions", {"admin"}}}), 404,
                "route_not_found");
  check_problem(operations.post("/v1/test/clock", {{"advance_s", "1"}}), 400, "invalid_request",
                "advance_s", "wrong_type");
  vault.stop();
}

TEST_CASE("probes: without test mode the clock cannot be moved") {
  TempDirectory directory;
  const auto data = directory.path() / "vault";
  (void)initialize(data);
  Process server(
      {.arguments = {"serve", "--data", data.string(), "--listen", "127.0.0.1:0", "--admin-listen",
                     "127.0.0.1:0", "--banks", kBankProfiles, "--json"}});
  const auto line = server.first_line();
  REQUIRE(line);
  const std::string admin = Json::parse(*line).at("admin_listen");
  const auto port = static_cast<std::uint16_t>(std::stoi(admin.substr(admin.rfind(':') + 1)));
  VaultClient operations(port, {}, std::make_shared<Transcript>());
  CHECK(operations.get("/livez").status == 200);
  check_problem(operations.post("/v1/test/clock", {{"advance_s", 1}}), 404, "route_not_found");
  server.send(SIGTERM);
  CHECK(server.wait().status == 0);
}

TEST_CASE("the list view: a list costs one store read without a PAN and a bad token costs none") {
  ServedVault vault;
  const Holder holder = vault.new_holder();
  for (const char* pan : kPans) vault.bind_card(holder, pan);
  const std::string expired = vault.token(holder, {{"ttl_s", 1}});
  vault.advance_clock(2);
  const std::string token = vault.token(holder);
  auto viewer = vault.front_end(token, holder.device);
  struct Counts {
    long load, load_pan, find, commit;
    bool operator==(const Counts&) const = default;
  };
  const auto counts = [&] {
    return Counts{vault.store_operations("load"), vault.store_operations("load_pan"),
                  vault.store_operations("find"), vault.store_operations("commit")};
  };

  Counts before = counts();
  constexpr long kViews = 10;
  for (long i = 0; i < kViews; ++i) CHECK(viewer.get("/v1/cards").status == 200);
  Counts after = counts();
  CHECK(after.load == before.load + kViews);
  CHECK(after.load_pan == before.load_pan);
  CHECK(after.find == before.find);
  CHECK(after.commit == before.commit);
  CHECK(after.load_pan == 0);

  before = counts();
  check_problem(vault.front_end("garbage", holder.device).get("/v1/cards"), 401, "token_invalid");
  check_problem(vault.front_end("v4.local.AAAA", holder.device).get("/v1/cards"), 401,
                "token_invalid");
  check_problem(vault.front_end(token.substr(0, token.size() - 4), holder.device).get("/v1/cards"),
                401, "token_invalid");
  check_problem(vault.front_end(expired, holder.device).get("/v1/cards"), 401, "token_expired");
  check_problem(vault.front_end(token, kNoDevice).get("/v1/cards"), 401, "token_wrong_device");
  check_problem(
      viewer.post("/v1/cards/" + std::string(kNoCard) + "/deregistrations", {{"reason", "lost"}}),
      403, "insufficient_scope");
  CHECK(vault.backend().post("/v1/tokens/introspect", {{"token", "garbage"}}).status == 200);
  CHECK(counts() == before);
  vault.stop();
}

}  // namespace cardvault::test
