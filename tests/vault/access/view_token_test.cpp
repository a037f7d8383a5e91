#include "vault/access/view_token.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "base/bytes.h"
#include "base/manual_clock.h"
#include "crypto/paseto.h"
#include "tests/crypto/keys/keyring_bytes.h"
#include "tests/vault/vault_fixture.h"

namespace cardvault::test {
namespace {

const Time kNow{std::chrono::seconds{1'795'000'000}};

struct Minter {
  SystemRandom random;
  FixedClock clock{kNow};
  LiveKeyring keyring{Keyring::generate(kNow, random), clock};

  [[nodiscard]] std::string mint(const TokenClaims& claims) {
    return mint_token(keyring, claims, random).value();
  }
  /// An authentic token with this text as its claims.
  [[nodiscard]] std::string mint_message(const std::string& message) {
    const KeyHandle key = keyring.current(Purpose::token).value();
    const std::string device = id_of<DeviceId>(2).text();
    return paseto::encrypt(
        key->material.expose(), message,
        R"({"kid":")" + std::to_string(key->id) + R"(","dev":")" + device + R"("})", device,
        random);
  }
};

TokenClaims plain_claims() {
  return {.wallet = id_of<WalletId>(1),
          .device = id_of<DeviceId>(2),
          .id = id_of<TokenId>(3),
          .issued_at = kNow,
          .expires_at = kNow + Seconds{180},
          .scopes = ScopeSet{Scope::cards_list},
          .epoch = 7};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("view token: all minted values are in the verified claims") {
  Minter minter;
  TokenClaims claims = plain_claims();
  claims.scopes.insert(Scope::card_balance);
  claims.card = id_of<CardId>(4);
  claims.channel = Channel::mini_program;
  const auto verified = verify_token(minter.keyring, minter.mint(claims), kNow);
  REQUIRE(code_of(verified) == "ok");
  CHECK(verified->wallet == claims.wallet);
  CHECK(verified->device == claims.device);
  CHECK(verified->id == claims.id);
  CHECK(verified->issued_at == claims.issued_at);
  CHECK(verified->expires_at == claims.expires_at);
  CHECK(verified->scopes == claims.scopes);
  CHECK(verified->epoch == 7);
  CHECK(verified->card == claims.card);
  CHECK(verified->channel == claims.channel);
  const auto plain = verify_token(minter.keyring, minter.mint(plain_claims()), kNow);
  REQUIRE(code_of(plain) == "ok");
  CHECK_FALSE(plain->card.has_value());
  CHECK_FALSE(plain->channel.has_value());
}

TEST_CASE("view token: the readable footer has the device and no wallet") {
  Minter minter;
  const std::string token = minter.mint(plain_claims());
  CHECK(token.starts_with("v4.local."));
  const auto footer = paseto::unverified_footer(token);
  REQUIRE(footer.has_value());
  CHECK(footer->find("wal_") == std::string::npos);
  CHECK(footer->find(plain_claims().device.text()) != std::string::npos);
}

TEST_CASE("view token: a token is valid before its expiry and expired at it") {
  Minter minter;
  const std::string token = minter.mint(plain_claims());
  const Time end = plain_claims().expires_at;
  CHECK(code_of(verify_token(minter.keyring, token, end - std::chrono::milliseconds{1})) == "ok");
  CHECK(code_of(verify_token(minter.keyring, token, end)) == "token_expired");
  CHECK(code_of(verify_token(minter.keyring, token, end + Seconds{3600})) == "token_expired");
}

TEST_CASE("view token: a token issued more than a minute ahead of the clock is refused") {
  Minter minter;
  const std::chrono::milliseconds tick{1};
  for (const Seconds ahead : {Seconds{60}, Seconds{600}, Seconds{24 * 3600}}) {
    CAPTURE(ahead.count());
    TokenClaims claims = plain_claims();
    claims.issued_at += ahead;
    claims.expires_at += ahead;
    const std::string token = minter.mint(claims);
    const Time first = claims.issued_at - Seconds{60};
    CHECK(code_of(verify_token(minter.keyring, token, first)) == "ok");
    CHECK(code_of(verify_token(minter.keyring, token, first - tick)) == "token_invalid");
    const auto device = claims.device.text();
    CHECK(code_of(verify_presented_token(minter.keyring, token, device, first - tick)) ==
          "token_invalid");
    CHECK(read_token(minter.keyring, token)->id == claims.id);
  }
}

TEST_CASE("view token: a token that lives longer than 16 minutes is refused") {
  Minter minter;
  TokenClaims claims = plain_claims();
  claims.expires_at = kNow + Seconds{960};
  CHECK(code_of(verify_token(minter.keyring, minter.mint(claims), kNow)) == "ok");
  claims.expires_at += Seconds{1};
  CHECK(code_of(verify_token(minter.keyring, minter.mint(claims), kNow)) == "token_invalid");
}

TEST_CASE("view token: a token with a changed, missing, doubled or added character is refused") {
  Minter minter;
  const std::string token = minter.mint(plain_claims());
  const auto code = [&](const std::string& text) {
    return code_of(verify_token(minter.keyring, text, kNow));
  };
  REQUIRE(code(token) == "ok");
  std::string accepted;
  const auto must_be_invalid = [&](const std::string& text) {
    if (text != token && code(text) != "token_invalid") accepted += text + "\n";
  };
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const char other : {'A', 'B', '_', '-', '.', '=', '\0', '\xff'}) {
      std::string changed = token;
      changed[i] = other;
      must_be_invalid(changed);
    }
    std::string other_case = token;
    other_case[i] = static_cast<char>(other_case[i] ^ 0x20);
    must_be_invalid(other_case);
    must_be_invalid(token.substr(0, i));
    must_be_invalid(token.substr(0, i) + token.substr(i + 1));
    must_be_invalid(token.substr(0, i + 1) + token.substr(i));
  }
  for (const std::string_view tail : {"A", "=", ".", " ", "\n"}) {
    must_be_invalid(token + std::string(tail));
    must_be_invalid(std::string(tail) + token);
  }
  CHECK(accepted == "");
}

TEST_CASE("view token: a malformed token is token_invalid") {
  const Minter minter;
  for (const std::string& text :
       {std::string(), std::string("v4.local."), std::string("v4.local.."),
        std::string("v4.public.AAAA"), std::string("v3.local.AAAA"), std::string("Bearer"),
        std::string(5000, 'A'), "v4.local." + std::string(100'000, 'A'), std::string(64, '\0')}) {
    CHECK(code_of(verify_token(minter.keyring, text, kNow)) == "token_invalid");
  }
}

TEST_CASE("view token: a token of another vault is token_invalid") {
  Minter minter;
  const Minter other;
  CHECK(code_of(verify_token(other.keyring, minter.mint(plain_claims()), kNow)) == "token_invalid");
}

TEST_CASE("view token: a token with another footer is token_invalid") {
  Minter minter;
  const std::string token = minter.mint(plain_claims());
  const std::string footer = paseto::unverified_footer(token).value();
  const std::string body = token.substr(0, token.rfind('.') + 1);
  const std::string device = plain_claims().device.text();
  const auto key = std::to_string(minter.keyring.current(Purpose::token).value()->id);
  REQUIRE(code_of(verify_token(minter.keyring, body + to_base64url(as_bytes(footer)), kNow)) ==
          "ok");
  for (const std::string& changed :
       {std::string(), std::string("{}"), footer + " ", replaced(footer, ":", ": "),
        replaced(footer, device, id_of<DeviceId>(9).text()), replaced(footer, device, "dev_"),
        replaced(footer, "\"" + key + "\"", "\"0" + key + "\""),
        replaced(footer, "\"" + key + "\"", "\"-1\""), replaced(footer, "\"" + key + "\"", "\"\""),
        replaced(footer, "\"" + key + "\"", "\"99999999999\""),
        replaced(footer, "\"" + key + "\"", "\"1\""), replaced(footer, "dev", "kid"),
        std::string(4096, '{')}) {
    CAPTURE(changed);
    CHECK(code_of(verify_token(minter.keyring, body + to_base64url(as_bytes(changed)), kNow)) ==
          "token_invalid");
  }
}

TEST_CASE("view token: authentic but malformed claims are token_invalid") {
  Minter minter;
  const std::string good = R"({"sub":")" + id_of<WalletId>(1).text() + R"(","dev":")" +
                           id_of<DeviceId>(2).text() + R"(","jti":")" + id_of<TokenId>(3).text() +
                           R"(","iat":"2026-11-18T11:06:40Z","exp":"2026-11-18T11:09:40Z",)"
                           R"("scope":"cards:list","epoch":"7"})";
  REQUIRE(code_of(verify_token(minter.keyring, minter.mint_message(good), kNow)) == "ok");
  for (const std::string& message : {std::string(),
                                     std::string("null"),
                                     std::string("{}"),
                                     std::string("{\"sub"),
                                     replaced(good, "wal_", "dev_"),
                                     replaced(good, "tok_", "tok"),
                                     replaced(good, "\"7\"", "7"),
                                     replaced(good, "\"7\"", "\"\""),
                                     replaced(good, "\"7\"", "\"-7\""),
                                     replaced(good, "\"7\"", "\"7 \""),
                                     replaced(good, "\"7\"", "\"4294967296\""),
                                     replaced(good, "cards:list", ""),
                                     replaced(good, "cards:list", "cards:all"),
                                     replaced(good, "11:09:40", "25:09:40"),
                                     replaced(good, "\"exp\"", "\"expires\""),
                                     replaced(good, "}", R"(,"card":"crd_x"})"),
                                     replaced(good, "}", R"(,"card":null})"),
                                     replaced(good, "}", R"(,"channel":"fax"})"),
                                     replaced(good, "}", R"(,"admin":"yes"})"),
                                     replaced(good, ":", ": "),
                                     good + "{",
                                     good + good,
                                     good.substr(0, good.size() - 1)}) {
    CAPTURE(message);
    CHECK(code_of(verify_token(minter.keyring, minter.mint_message(message), kNow)) ==
          "token_invalid");
  }
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK(code_of(verify_token(minter.keyring, minter.mint_message(good.substr(0, length)),
                               kNow)) == "token_invalid");
  }
}

TEST_CASE("view token: another device or a missing Device-Id is token_wrong_device") {
  Minter minter;
  const std::string token = minter.mint(plain_claims());
  const auto present = [&](std::string_view header) {
    return verify_presented_token(minter.keyring, token, header, kNow);
  };
  CHECK(code_of(present(plain_claims().device.text())) == "ok");
  const auto other = present(id_of<DeviceId>(9).text());
  REQUIRE(code_of(other) == "token_wrong_device");
  CHECK(other.error().detail.find("another device") != std::string::npos);
  const auto missing = present("");
  REQUIRE(code_of(missing) == "token_wrong_device");
  CHECK(missing.error().detail.find("missing") != std::string::npos);
  CHECK(code_of(present(plain_claims().device.text() + " ")) == "token_wrong_device");
  CHECK(code_of(verify_presented_token(minter.keyring, token + "A", "", kNow)) == "token_invalid");
}

TEST_CASE("view token: tokens of disabled or destroyed keys are invalid and of older keys valid") {
  Minter minter;
  const std::string token = minter.mint(plain_claims());
  const KeyId key = minter.keyring.current(Purpose::token).value()->id;
  for (const KeyState state : {KeyState::disabled, KeyState::destroyed}) {
    const LiveKeyring without(with_state(minter.keyring, key, state), minter.clock);
    CHECK(code_of(verify_token(without, token, kNow)) == "token_invalid");
    CHECK(code_of(mint_token(without, plain_claims(), minter.random)) == "key_unavailable");
  }
  const LiveKeyring rotated(with_newer_key(minter.keyring, key), minter.clock);
  CHECK(rotated.current(Purpose::token).value()->id != key);
  CHECK(code_of(verify_token(rotated, token, kNow)) == "ok");
}

TEST_CASE("view token: two tokens with the same claims have different ciphertexts") {
  Minter minter;
  CHECK(minter.mint(plain_claims()).substr(9, 40) != minter.mint(plain_claims()).substr(9, 40));
}

TEST_CASE("scopes: names parse to a set and back and an unknown or missing name is refused") {
  for (const std::string_view text : {"cards:list", "cards:list card:balance", "card:deregister"}) {
    CHECK(scope_text(*parse_scopes(text)) == text);
  }
  CHECK(scope_text(*parse_scopes("card:balance cards:list")) == "cards:list card:balance");
  for (const std::string_view text : {"", " ", "cards", "cards:list  card:balance", " cards:list",
                                      "cards:list,card:balance", "CARDS:LIST"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_scopes(text).has_value());
  }
  CHECK_FALSE(has_step_up({Scope::cards_list}));
  CHECK(has_step_up({Scope::card_deregister}));
}

}  // namespace cardvault::test
