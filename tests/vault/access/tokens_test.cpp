#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

struct TokenFixture : VaultFixture {
  WalletId id = make_wallet();
  DeviceId device = make_device(id);

  [[nodiscard]] Result<IssuedToken> ask(std::string_view scopes, std::optional<Seconds> life = {},
                                        std::optional<CardId> card = {}) {
    return token(
        id, {.device = device, .scopes = parse_scopes(scopes).value(), .life = life, .card = card});
  }
  [[nodiscard]] bool is_active(const IssuedToken& issued) {
    const auto claims = introspect_token(vault, issued.token);
    REQUIRE(code_of(claims) == "ok");
    return claims->has_value();
  }
};

Seconds life_of(const Result<IssuedToken>& issued) {
  REQUIRE(code_of(issued) == "ok");
  return std::chrono::duration_cast<Seconds>(issued->claims.expires_at - issued->claims.issued_at);
}

}  // namespace

TEST_CASE("issue token: a list token lives 180 s by default and at most 900 s") {
  TokenFixture fixture;
  CHECK(life_of(fixture.ask("cards:list")) == Seconds{180});
  CHECK(life_of(fixture.ask("cards:list", Seconds{1})) == Seconds{1});
  CHECK(life_of(fixture.ask("cards:list", Seconds{900})) == Seconds{900});
  for (const Seconds life : {Seconds{901}, Seconds{0}, Seconds{-1}}) {
    const auto refused = fixture.ask("cards:list", life);
    REQUIRE(code_of(refused) == "invalid_request");
    CHECK(refused.error().fields.front().field == "ttl_s");
    CHECK(reason_of(refused) == "out_of_range");
  }
}

TEST_CASE("issue token: a token with a step-up scope lives at most 120 s") {
  TokenFixture fixture;
  for (const std::string_view scopes :
       {"card:balance", "card:transactions", "card:deregister", "cards:list card:balance"}) {
    CAPTURE(scopes);
    CHECK(life_of(fixture.ask(scopes)) == Seconds{120});
    CHECK(life_of(fixture.ask(scopes, Seconds{120})) == Seconds{120});
    CHECK(reason_of(fixture.ask(scopes, Seconds{121})) == "out_of_range");
  }
}

TEST_CASE("issue token: issuing commits nothing") {
  TokenFixture fixture;
  const auto version = fixture.version(fixture.id);
  REQUIRE(code_of(fixture.ask("cards:list")) == "ok");
  CHECK(fixture.version(fixture.id) == version);
}

TEST_CASE("issue token: an unknown wallet, device or card is refused") {
  TokenFixture fixture;
  CHECK(code_of(fixture.ask("cards:list", {}, id_of<CardId>(9))) == "card_not_found");
  CHECK(code_of(fixture.token(fixture.id, {.device = id_of<DeviceId>(9), .scopes = {}})) ==
        "device_not_found");
  CHECK(code_of(fixture.token(id_of<WalletId>(9), {.device = fixture.device, .scopes = {}})) ==
        "wallet_not_found");
}

TEST_CASE("issue token: expiry is in whole seconds and never later than requested") {
  TokenFixture fixture;
  fixture.clock.advance(std::chrono::milliseconds{999});
  const auto issued = fixture.ask("cards:list", Seconds{60});
  REQUIRE(code_of(issued) == "ok");
  CHECK(issued->claims.expires_at <= fixture.clock.now() + Seconds{60});
  const auto verified = verify_token(fixture.keyring, issued->token, fixture.clock.now());
  REQUIRE(code_of(verified) == "ok");
  CHECK(verified->expires_at == issued->claims.expires_at);
}

TEST_CASE("introspect: a live token has its claims and any other token is only inactive") {
  TokenFixture fixture;
  const auto issued = fixture.ask("cards:list card:balance");
  const auto claims = introspect_token(fixture.vault, issued->token);
  REQUIRE(code_of(claims) == "ok");
  REQUIRE(claims->has_value());
  CHECK((*claims)->id == issued->claims.id);
  CHECK(scope_text((*claims)->scopes) == "cards:list card:balance");
  const auto garbage = introspect_token(fixture.vault, "v4.local.AAAA");
  REQUIRE(code_of(garbage) == "ok");
  CHECK_FALSE(garbage->has_value());
  fixture.clock.advance(Seconds{120});
  CHECK_FALSE(fixture.is_active(*issued));
}

TEST_CASE("introspect: a store failure is an error and not a dead token") {
  TokenFixture fixture;
  const auto issued = fixture.list_token(fixture.id, fixture.device);
  fixture.store.loads_fail = true;
  CHECK(code_of(introspect_token(fixture.vault, issued.token)) == "store_unavailable");
}

TEST_CASE("introspect: a token is dead after its device or card is removed") {
  TokenFixture fixture;
  const CardId card = fixture.make_card(fixture.id);
  const auto of_card = fixture.ask("card:balance", {}, card).value();
  const auto of_device = fixture.ask("cards:list").value();
  REQUIRE(fixture.is_active(of_card));
  REQUIRE(code_of(fixture.deregister(fixture.id, card)) == "ok");
  CHECK_FALSE(fixture.is_active(of_card));
  CHECK(fixture.is_active(of_device));
  REQUIRE(unbind_device(fixture.vault, fixture.id, fixture.actor, fixture.device));
  CHECK_FALSE(fixture.is_active(of_device));
}

TEST_CASE("revoke token: the token is dead and another of the same device is not") {
  TokenFixture fixture;
  const auto dead = fixture.list_token(fixture.id, fixture.device);
  const auto alive = fixture.list_token(fixture.id, fixture.device);
  REQUIRE(code_of(revoke_token(fixture.vault, fixture.actor, dead.token)) == "ok");
  CHECK(code_of(fixture.view(dead)) == "token_revoked");
  CHECK_FALSE(fixture.is_active(dead));
  CHECK(code_of(fixture.view(alive)) == "ok");
  CHECK(fixture.actions(fixture.id).back() == "token.revoked");
}

TEST_CASE("revoke token: revoking a dead token succeeds without a commit") {
  TokenFixture fixture;
  const auto issued = fixture.list_token(fixture.id, fixture.device);
  REQUIRE(code_of(revoke_token(fixture.vault, fixture.actor, issued.token)) == "ok");
  const auto version = fixture.version(fixture.id);
  CHECK(code_of(revoke_token(fixture.vault, fixture.actor, issued.token)) == "ok");
  CHECK(code_of(revoke_token(fixture.vault, fixture.actor, issued.token + "A")) == "ok");
  CHECK(code_of(revoke_token(fixture.vault, fixture.actor, "")) == "ok");
  const auto other = fixture.list_token(fixture.id, fixture.device);
  fixture.clock.advance(Seconds{180});
  CHECK(code_of(revoke_token(fixture.vault, fixture.actor, other.token)) == "ok");
  CHECK(fixture.version(fixture.id) == version);
}

TEST_CASE(
    "revoke token: the 65th revoked token kills all tokens of the wallet and empties the list") {
  TokenFixture fixture;
  const auto bystander = fixture.list_token(fixture.id, fixture.device);
  for (int i = 0; i < 64; ++i) {
    const auto issued = fixture.list_token(fixture.id, fixture.device);
    REQUIRE(code_of(revoke_token(fixture.vault, fixture.actor, issued.token)) == "ok");
  }
  CHECK(code_of(fixture.view(bystander)) == "ok");
  const auto last = fixture.list_token(fixture.id, fixture.device);
  REQUIRE(code_of(revoke_token(fixture.vault, fixture.actor, last.token)) == "ok");
  CHECK(code_of(fixture.view(last)) == "token_revoked");
  CHECK(code_of(fixture.view(bystander)) == "token_revoked");
  CHECK(fixture.wallet(fixture.id).revoked_tokens.empty());
  CHECK(code_of(fixture.view(fixture.list_token(fixture.id, fixture.device))) == "ok");
}

TEST_CASE("revoke all: every token of the wallet is dead and none of another wallet") {
  TokenFixture fixture;
  const WalletId other = fixture.make_wallet("user-2");
  const auto theirs = fixture.list_token(other, fixture.make_device(other));
  const auto ours = fixture.list_token(fixture.id, fixture.device);
  REQUIRE(code_of(revoke_all_tokens(fixture.vault, fixture.id, fixture.actor)) == "ok");
  CHECK(code_of(fixture.view(ours)) == "token_revoked");
  CHECK(code_of(fixture.view(theirs)) == "ok");
  CHECK(fixture.actions(fixture.id).back() == "tokens.revoked_all");
  CHECK(code_of(revoke_all_tokens(fixture.vault, id_of<WalletId>(9), fixture.actor)) ==
        "wallet_not_found");
}

TEST_CASE("token: a token minted while the clock was ahead is dead after the correction") {
  for (const Seconds ahead : {Seconds{600}, Seconds{24 * 3600}}) {
    TokenFixture fixture;
    fixture.clock.advance(ahead);
    const IssuedToken issued = fixture.list_token(fixture.id, fixture.device);
    CHECK(fixture.is_active(issued));
    fixture.clock.advance(-ahead);
    CHECK_FALSE(fixture.is_active(issued));
    CHECK(code_of(fixture.view(issued)) == "token_invalid");
    CHECK(fixture.is_active(fixture.list_token(fixture.id, fixture.device)));
  }
}

TEST_CASE(
    "token: a token from the future can be revoked and is still revoked when its time comes") {
  TokenFixture fixture;
  const Seconds day{24 * 3600};
  fixture.clock.advance(day);
  const IssuedToken issued = fixture.list_token(fixture.id, fixture.device);
  fixture.clock.advance(-day);
  REQUIRE(revoke_token(fixture.vault, fixture.actor, issued.token));
  for (int n = 0; n < 3; ++n) {
    fixture.clock.advance(day / 3);
    const IssuedToken other = fixture.list_token(fixture.id, fixture.device);
    REQUIRE(revoke_token(fixture.vault, fixture.actor, other.token));
  }
  CHECK_FALSE(fixture.is_active(issued));
  CHECK(code_of(fixture.view(issued)) == "token_revoked");
}

}  // namespace cardvault::test
