#include <catch2/catch_test_macros.hpp>

#include "crypto/error_codes.h"
#include "tests/crypto/keys/seals/transit_fixture.h"

namespace cardvault::test {
namespace {

using nlohmann::json;

/// A seal and its server.
struct Transit {
  explicit Transit(TransitOptions options = {.address = {}, .key = "cardvault"})
      : engine(options.mount) {
    engine.rotate(options.key);
    engine.serve(peer.server);
    peer.run();
    options.address = options_for(peer.port).address;
    seal = transit_seal(options);
  }

  TransitEngine engine;
  PlainPeer peer;
  std::unique_ptr<TransitSeal> seal;
};

Bytes wrapped_as(const std::string& ciphertext) {
  Bytes wrapped{1};
  wrapped.insert(wrapped.end(), ciphertext.begin(), ciphertext.end());
  return wrapped;
}

TEST_CASE("transit: a key wrapped by the server unwraps, also in a new seal") {
  Transit transit;
  const SecretBytes key = some_key();
  const Bytes wrapped = transit.seal->wrap(key).value();
  CHECK(transit.seal->kind() == SealKind::transit);
  CHECK(wrapped[0] == 1);
  CHECK(as_text(wrapped).substr(1).starts_with("vault:v1:"));
  CHECK(opens(*transit.seal, wrapped, key));
  CHECK(opens(*transit_seal(options_for(transit.peer.port)), wrapped, key));
}

TEST_CASE("transit: a request has the documented form") {
  Transit transit;
  const SecretBytes key = some_key();
  const Bytes wrapped = transit.seal->wrap(key).value();
  const httplib::Request encrypt = transit.engine.last();
  CHECK(encrypt.method == "POST");
  CHECK(encrypt.path == "/v1/transit/encrypt/cardvault");
  CHECK(encrypt.get_header_value("X-Vault-Token") == TransitEngine::kToken);
  CHECK(encrypt.get_header_value("X-Vault-Request") == "true");
  CHECK(encrypt.get_header_value("Content-Type") == "application/json");
  CHECK_FALSE(encrypt.has_header("X-Vault-Namespace"));
  const std::string bound =
      TransitEngine::to_base64(as_bytes("cardvault transit seal, format 1\1"));
  CHECK(json::parse(encrypt.body) ==
        json{{"plaintext", TransitEngine::to_base64(key.expose())}, {"associated_data", bound}});

  REQUIRE(opens(*transit.seal, wrapped, key));
  const httplib::Request decrypt = transit.engine.last();
  CHECK(decrypt.path == "/v1/transit/decrypt/cardvault");
  CHECK(json::parse(decrypt.body) ==
        json{{"ciphertext", as_text(wrapped).substr(1)}, {"associated_data", bound}});
}

TEST_CASE("transit: mount, key and namespace are configurable") {
  Transit transit({.address = {}, .mount = "team/keys-1", .key = "a", .name_space = "ns1/ns2"});
  const SecretBytes key = some_key();
  CHECK(opens(*transit.seal, transit.seal->wrap(key).value(), key));
  CHECK(transit.engine.last().path == "/v1/team/keys-1/decrypt/a");
  CHECK(transit.engine.last().get_header_value("X-Vault-Namespace") == "ns1/ns2");
}

TEST_CASE("transit: after a rotation keys wrapped before still unwrap") {
  Transit transit;
  const SecretBytes key = some_key();
  const Bytes before = transit.seal->wrap(key).value();
  transit.engine.rotate("cardvault");
  const Bytes after = transit.seal->wrap(key).value();
  CHECK(as_text(after).substr(1).starts_with("vault:v2:"));
  CHECK(opens(*transit.seal, before, key));
  CHECK(opens(*transit.seal, after, key));
}

TEST_CASE("transit: a ciphertext with a changed or missing character is corrupt") {
  Transit transit;
  const SecretBytes key = some_key();
  const Bytes wrapped = transit.seal->wrap(key).value();
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    CAPTURE(i);
    Bytes changed = wrapped;
    changed[i] = changed[i] == '7' ? '8' : '7';
    CHECK(is_corrupt(transit.seal->unwrap(changed)));
    CHECK(is_corrupt(transit.seal->unwrap(ByteView(wrapped).first(i))));
  }
  CHECK(opens(*transit.seal, wrapped, key));
}

TEST_CASE("transit: a malformed ciphertext is corrupt without a request") {
  Transit transit;
  CHECK(is_corrupt(transit.seal->unwrap({})));
  CHECK(is_corrupt(transit.seal->unwrap(as_bytes("\2vault:v1:QUJD"))));
  for (const std::string& text :
       {std::string(), std::string("vault:v1:"), std::string("vault:v:QUJD"),
        std::string("vault:vx:QUJD"), std::string("vault:v1QUJD"), std::string("QUJD"),
        std::string("vault:v1:QU\",\"x\":\"D"), std::string("vault:v1:QU\r\nJD"),
        "vault:v1:" + std::string(2040, 'A')}) {
    CAPTURE(text);
    CHECK(is_corrupt(transit.seal->unwrap(wrapped_as(text))));
  }
  CHECK(transit.peer.requests == 0);
}

TEST_CASE("transit: a ciphertext of another key or other associated data is corrupt") {
  Transit transit;
  transit.engine.rotate("other");
  const Bytes bound(33, 7);
  const SecretBytes key = some_key();
  TransitOptions options = options_for(transit.peer.port);
  options.key = "other";
  CHECK(is_corrupt(transit.seal->unwrap(transit_seal(options)->wrap(key).value())));
  const std::string other = transit.engine.encrypt("cardvault", key.expose(), bound);
  const auto outcome = transit.seal->unwrap(wrapped_as(other));
  CHECK(is_corrupt(outcome));
  CHECK(outcome.error().inside.text == "transit seal: cipher: message authentication failed");
}

TEST_CASE("transit: a deleted key is named and is key_unavailable and not corruption") {
  Transit transit;
  const Bytes wrapped = transit.seal->wrap(some_key()).value();
  transit.engine.remove("cardvault");
  const std::string expected =
      "The transit server " + options_for(transit.peer.port).address + " has no key \"cardvault\".";
  CHECK(refusal(transit.seal->wrap(some_key())) == expected);
  const auto opened = transit.seal->unwrap(wrapped);
  CHECK(refusal(opened) == expected);
  CHECK(opened.error().inside.text == "transit: http_400: encryption key not found");
}

TEST_CASE("transit: a refused token is not in the error") {
  Transit transit;
  const Bytes wrapped = transit.seal->wrap(some_key()).value();
  const auto stranger = transit_seal(options_for(transit.peer.port), "hvs.revoked");
  for (const auto& error :
       {stranger->wrap(some_key()).error(), stranger->unwrap(wrapped).error()}) {
    CHECK(error.code == CryptoError::key_unavailable);
    CHECK(error.detail.contains("refuses the token"));
    CHECK(error.inside.text ==
          "transit: http_403: 2 errors occurred: * permission denied * invalid token");
    CHECK_FALSE((error.detail + error.inside.text).contains("revoked"));
  }
}

TEST_CASE("transit: a sealed server is unavailable until its unseal") {
  Transit transit;
  const SecretBytes key = some_key();
  const Bytes wrapped = transit.seal->wrap(key).value();
  transit.engine.seal(true);
  CHECK(refusal(transit.seal->wrap(key)).contains("is sealed"));
  CHECK(refusal(transit.seal->unwrap(wrapped)).contains("is sealed"));
  transit.engine.seal(false);
  CHECK(opens(*transit.seal, wrapped, key));
}

TEST_CASE("transit: an option that could change the request is refused") {
  const auto refused = [](const TransitOptions& options, std::string_view token = "hvs.token") {
    return refusal(TransitSeal::open(options, SecretText(token), this_machine));
  };
  const TransitOptions good = options_for(1);
  REQUIRE(refused(good).empty());
  for (const char* const text :
       {"", "a b", "a\r\nX: y", "a/", "/a", "a//b", ".", "..", "a/../b", "a.", "a?b", "a%2fb"}) {
    CAPTURE(text);
    TransitOptions options = good;
    options.mount = text;
    CHECK(refused(options).contains("mount"));
    options = good;
    options.key = text;
    CHECK(refused(options).contains("key's name"));
    options = good;
    options.name_space = text;
    if (*text != '\0') CHECK(refused(options).contains("namespace"));
  }
  for (const char* const text : {"", "a b", "a\r\nX: y", "a\x7f", "\xc3\xa4"}) {
    CAPTURE(text);
    CHECK(refused(good, text).contains("token"));
  }
  CHECK(refused(good, std::string(4097, 'a')).contains("token"));
  for (const int ms : {0, -1, 60'001}) {
    TransitOptions options = good;
    options.timeout = std::chrono::milliseconds(ms);
    CHECK(refused(options).contains("timeout"));
  }
}

TEST_CASE("transit: an address has no path and needs TLS unless it is this machine") {
  const auto refused = [](const std::string& address) {
    TransitOptions options = options_for(1);
    options.address = address;
    return refusal(TransitSeal::open(options, SecretText(TransitEngine::kToken), this_machine));
  };
  for (const char* const address :
       {"http://127.0.0.1:8200", "http://[::1]:8200", "http://127.9.9.9",
        "http://[::ffff:127.0.0.1]", "http://localhost:8200/", "https://kms.test",
        "https://10.0.0.1:1"}) {
    CAPTURE(address);
    CHECK(refused(address).empty());
  }
  for (const char* const address :
       {"http://kms.test", "http://10.0.0.1", "http://0.0.0.0:8200", "http://localhost.test",
        "http://[::2]", "http://[::ffff:10.0.0.1]"}) {
    CAPTURE(address);
    CHECK(refused(address).contains("must begin with https://"));
  }
  for (const char* const address :
       {"", "kms.test", "https://kms.test\r\nX: y", "https://a@kms.test", "https://kms.test/#",
        "https://kms.test:0", "ftp://kms.test"}) {
    CAPTURE(address);
    CHECK(refused(address).contains("address"));
  }
  CHECK(refused("https://kms.test/v1").contains("must not have a path"));
}

}  // namespace
}  // namespace cardvault::test
