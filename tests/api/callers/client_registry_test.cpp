#include "api/callers/client_registry.h"

#include <catch2/catch_test_macros.hpp>

#include "api/callers/error_codes.h"
#include "base/manual_clock.h"
#include "crypto/random.h"
#include "tests/support/memory_store.h"
#include "tests/vault/hooked_store.h"

using namespace cardvault;
using namespace cardvault::api;
using cardvault::test::HookedStore;

namespace {

constexpr Time kNow{Seconds{1'795'420'800}};
constexpr int kStrangers = 20;

/// Two processes on one store.
class TwoProcesses {
 public:
  [[nodiscard]] AddedClient add_in_first(std::string name = "shop") {
    return first.add(std::move(name), PermissionSet{Permission::unlock}, kNow).value();
  }
  /// A well-formed key that belongs to no client.
  [[nodiscard]] std::string stranger() {
    std::string key = "cvk_";
    ClientId::make(kNow, random).bits().append_to(key);
    return key + "_" + std::string(43, 'A');
  }

  SystemRandom random;
  std::unique_ptr<WalletStore> inner = make_memory_store();
  HookedStore store{*inner};
  FixedClock clock{kNow};
  LiveKeyring keyring{Keyring::generate(kNow, random), clock};
  RecordSealer sealer{keyring, random};
  ClientRegistry first{store, sealer, random};
  ClientRegistry second{store, sealer, random};
};

ErrorCode refusal(ClientRegistry& registry, std::string_view key) {
  const auto client = registry.authenticate(key);
  REQUIRE_FALSE(client.has_value());
  return client.error().code;
}

}  // namespace

TEST_CASE(
    "client registry: a client added by another process is accepted on first use of its key") {
  TwoProcesses both;
  REQUIRE(both.second.refresh().has_value());
  const AddedClient added = both.add_in_first();
  const auto found = both.second.authenticate(added.key.expose());
  REQUIRE(found.has_value());
  CHECK(found->id == added.client.id);
  CHECK(found->name == "shop");
  both.store.reset();
  CHECK(both.second.authenticate(added.key.expose()).has_value());
  CHECK(both.store.record_loads == 0);
}

TEST_CASE("client registry: a client removed by another process is unknown after a refresh") {
  TwoProcesses both;
  const AddedClient added = both.add_in_first();
  REQUIRE(both.second.refresh().has_value());
  REQUIRE(both.first.remove(added.client.id).has_value());
  REQUIRE(both.second.refresh().has_value());
  CHECK(refusal(both.second, added.key.expose()) == CallerError::client_key_invalid);
  CHECK(both.second.list().empty());
}

TEST_CASE("client registry: unknown keys cost a few store reads a second, however many arrive") {
  TwoProcesses both;
  for (int i = 0; i < kStrangers; ++i) {
    CHECK(refusal(both.second, both.stranger()) == CallerError::client_key_invalid);
  }
  CHECK(both.store.record_loads > 0);
  // Twice the limit, because a new second may begin during the loop.
  CHECK(both.store.record_loads <= 2 * ClientRegistry::kLooksASecond);
}

TEST_CASE(
    "client registry: a malformed key or a wrong secret of a known client costs no store read") {
  TwoProcesses both;
  const AddedClient added = both.add_in_first();
  REQUIRE(both.second.refresh().has_value());
  both.store.reset();
  std::string other_secret(added.key.expose());
  other_secret.back() = other_secret.back() == 'A' ? 'B' : 'A';
  for (const std::string& key :
       {other_secret, std::string("cvk_short"), std::string("v4.local.x")}) {
    CHECK(refusal(both.second, key) == CallerError::client_key_invalid);
  }
  CHECK(both.store.record_loads == 0);
}

TEST_CASE(
    "client registry: while the store is down known clients are accepted and unknown ones get "
    "503") {
  TwoProcesses both;
  const AddedClient added = both.add_in_first();
  REQUIRE(both.second.refresh().has_value());
  both.store.record_loads_fail = true;
  CHECK(both.second.authenticate(added.key.expose()).has_value());
  for (int i = 0; i < kStrangers; ++i) {
    CHECK(refusal(both.second, both.stranger()) == ErrorCode::store_unavailable);
  }
  CHECK_FALSE(both.second.refresh().has_value());
  CHECK(both.second.authenticate(added.key.expose()).has_value());
  both.store.record_loads_fail = false;
  REQUIRE(both.second.refresh().has_value());
  CHECK(refusal(both.second, both.stranger()) == CallerError::client_key_invalid);
}

TEST_CASE("client registry: a client with an imported key is added once and can authenticate") {
  TwoProcesses both;
  const SecretText key{std::string_view(both.stranger())};
  const auto permissions = PermissionSet{Permission::unlock};
  CHECK(both.first.add_with_key(key, "team", permissions, kNow).value());
  CHECK(both.second.authenticate(key.expose())->name == "team");
  CHECK_FALSE(both.second.add_with_key(key, "team", permissions, kNow).value());
  CHECK(both.second.list().size() == 1);
}

TEST_CASE("client registry: an imported key never changes its secret, name or permissions") {
  TwoProcesses both;
  const std::string text = both.stranger();
  const SecretText key{std::string_view(text)};
  const auto permissions = PermissionSet{Permission::unlock};
  REQUIRE(both.first.add_with_key(key, "team", permissions, kNow).has_value());
  const SecretText other_secret{std::string_view(text.substr(0, text.size() - 1) + "E")};
  for (const auto& refused : {both.first.add_with_key(other_secret, "team", permissions, kNow),
                              both.first.add_with_key(key, "shop", permissions, kNow),
                              both.first.add_with_key(key, "team", {Permission::admin}, kNow)}) {
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().fields.front().reason == "conflict");
  }
  CHECK(both.first.authenticate(text)->permissions == permissions);
}

TEST_CASE("client registry: a malformed key adds no client") {
  TwoProcesses both;
  const std::string text = both.stranger();
  const auto permissions = PermissionSet{Permission::unlock};
  for (const std::string& bad :
       {std::string(), std::string("cvk_"), text.substr(0, text.size() - 1), text + "A",
        text.substr(0, text.size() - 44), "cvx_" + text.substr(4),
        text.substr(0, 30) + "-" + text.substr(31), text.substr(0, text.size() - 1) + "!"}) {
    INFO(bad);
    const auto added =
        both.first.add_with_key(SecretText{std::string_view(bad)}, "team", permissions, kNow);
    REQUIRE_FALSE(added.has_value());
    CHECK(added.error().code == CallerError::client_key_invalid);
  }
}
