#include "crypto/webhook_signature.h"

#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "crypto/error_codes.h"

using namespace cardvault;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kId = "drg_01aryz6s41tsv4rrffq69g5fav.alipay";
constexpr std::string_view kBody = R"({"type":"card.closed","card":"crd_1"})";
constexpr Time kNow{1'795'420'800s};

// The output of pyca/cryptography (on OpenSSL) for the seed 00 01 .. 1f, kId, kNow and kBody.
constexpr std::string_view kKnownKey = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
constexpr std::string_view kKnownSignature =
    "v1a,yc+KEKKmxvP8/XU4fVEcuKV7gMsEbaLgqb/FY5lFcpT28k8w2Ksoe0QRfoc95yjeHm9zJcj2GzEfIvjDTUh+CA==";

Bytes seed_from(std::uint8_t first) {
  Bytes seed(kEd25519SeedSize);
  std::iota(seed.begin(), seed.end(), first);
  return seed;
}

const Bytes kSeed = seed_from(0);

WebhookHeaders signed_headers(std::string_view id = kId, std::string_view body = kBody) {
  return sign_webhook(kSeed, id, kNow, body);
}

Status verify(const WebhookHeaders& headers, Time now = kNow, std::string_view body = kBody) {
  return verify_webhook(ed25519_public_key(kSeed), headers, now, body);
}

bool invalid(const Status& outcome) {
  return !outcome && outcome.error().code == CryptoError::signature_invalid;
}

bool expired(const Status& outcome) {
  return !outcome && outcome.error().code == CryptoError::signature_expired;
}

/// `count` well-formed signatures by other keys, each followed by a space.
std::string others(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const Bytes seed = seed_from(static_cast<std::uint8_t>(i + 1));
    text += sign_webhook(seed, kId, kNow, kBody).signature + ' ';
  }
  return text;
}

WebhookHeaders with_signature(std::string signature) {
  WebhookHeaders headers = signed_headers();
  headers.signature = std::move(signature);
  return headers;
}

}  // namespace

TEST_CASE("webhook: headers, signature and public key match those of another library") {
  const WebhookHeaders headers = signed_headers();
  CHECK(headers.id == kId);
  CHECK(headers.timestamp == "1795420800");
  CHECK(headers.signature == kKnownSignature);
  CHECK(webhook_public_key(ed25519_public_key(kSeed)) == kKnownKey);
}

TEST_CASE("webhook: a signed message verifies with the published key") {
  const auto key = parse_webhook_public_key(kKnownKey);
  REQUIRE(key.has_value());
  CHECK(verify_webhook(*key, signed_headers(), kNow, kBody).has_value());
  CHECK(verify(signed_headers("msg_1", ""), kNow, "").has_value());
  CHECK(verify(signed_headers(std::string(128, 'x')), kNow).has_value());
}

TEST_CASE("webhook: another key, id, timestamp or body makes the signature wrong") {
  const WebhookHeaders good = signed_headers();
  CHECK(invalid(verify_webhook(ed25519_public_key(seed_from(1)), good, kNow, kBody)));
  CHECK(invalid(verify({"drg_01aryz6s41tsv4rrffq69g5fav.wechat", good.timestamp, good.signature})));
  CHECK(invalid(verify({good.id, "1795420801", good.signature})));
  CHECK(invalid(verify(good, kNow, R"({"type":"card.closed","card":"crd_2"})")));
  CHECK(invalid(verify(good, kNow, "")));
  CHECK(invalid(verify(good, kNow, std::string(kBody) + "\n")));
}

TEST_CASE("webhook: a missing header is a wrong signature") {
  const WebhookHeaders good = signed_headers();
  CHECK(invalid(verify({"", good.timestamp, good.signature})));
  CHECK(invalid(verify({good.id, "", good.signature})));
  CHECK(invalid(verify({good.id, good.timestamp, ""})));
  CHECK(invalid(verify({})));
}

TEST_CASE("webhook: a signed id that is empty, too long or not visible ASCII is refused") {
  for (const std::string& id :
       {std::string(), std::string(129, 'x'), std::string("drg 1"), std::string("drg\n1"),
        std::string("drg\t1"), std::string("drg\0001", 5), std::string("drg\x7f"),
        std::string("drg_\xe5\x8d\xa1")}) {
    CAPTURE(id);
    CHECK(invalid(verify(signed_headers(id))));
  }
}

TEST_CASE("webhook: a signature does not verify for a text split at other dots") {
  const std::string inner = "1795420800." + std::string(kBody);
  const WebhookHeaders sent = sign_webhook(kSeed, "drg_1", kNow, inner);
  REQUIRE(verify(sent, kNow, inner).has_value());
  CHECK(invalid(verify({"drg_1.1795420800", "1795420800", sent.signature})));
  CHECK(invalid(verify(signed_headers("drg_1.1795420800.alipay"))));
  CHECK(verify(signed_headers("1795420800.alipay")).has_value());
  CHECK(verify(signed_headers("drg_1.2.alipay.")).has_value());
}

TEST_CASE("webhook: a timestamp other than ten digits is refused") {
  const auto signed_with = [](const std::string& timestamp) {
    const std::string text = std::string(kId) + '.' + timestamp + '.' + std::string(kBody);
    const auto signature = sign_ed25519(kSeed, as_bytes(text));
    return WebhookHeaders{std::string(kId), timestamp, "v1a," + to_base64(signature)};
  };
  REQUIRE(verify(signed_with("1795420800")).has_value());
  for (const std::string timestamp :
       {" 1795420800", "1795420800 ", "+1795420800", "-795420800", "01795420800", "0795420800",
        "1795420800.0", "1795420800000", "0x6b03a000", "179542080a", "now", "179542080"}) {
    CAPTURE(timestamp);
    CHECK(invalid(verify(signed_with(timestamp))));
  }
}

TEST_CASE("webhook: a malformed signature header is a wrong signature") {
  const std::string good = signed_headers().signature;
  const std::string base64 = good.substr(4);
  for (const std::string& garbled :
       {base64, "v1a" + base64, "V1A," + base64, "v1a, " + base64, "v1a," + base64 + ",",
        "v1a,\t" + base64, "v1a," + base64 + "\n", "v1a," + base64.substr(0, 86),
        "v1a," + base64.substr(0, 84), "v1a," + base64 + base64, "v1a,v1a," + base64,
        std::string("v1a,"), std::string("v1a"), std::string(" "), "v1a," + std::string(88, '_')}) {
    CAPTURE(garbled);
    CHECK(invalid(verify(with_signature(garbled))));
  }
}

TEST_CASE("webhook: one right signature among several is enough at any position") {
  const std::string good = signed_headers().signature;
  CHECK(verify(with_signature(good + ' ' + others(2))).has_value());
  CHECK(verify(with_signature(others(1) + good + ' ' + others(1))).has_value());
  CHECK(verify(with_signature(others(2) + good)).has_value());
  CHECK(verify(with_signature("v1a,garbled  " + good)).has_value());
  CHECK(invalid(verify(with_signature(others(3)))));
}

TEST_CASE("webhook: at most sixteen signatures are checked") {
  const std::string good = signed_headers().signature;
  CHECK(verify(with_signature(others(15) + good)).has_value());
  CHECK(invalid(verify(with_signature(others(16) + good))));
}

TEST_CASE("webhook: signatures of other schemes are ignored") {
  const std::string good = signed_headers().signature;
  const std::string hmac = "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= ";
  std::string many;
  for (int i = 0; i < 20; ++i) many += hmac;
  CHECK(verify(with_signature(many + good)).has_value());
  CHECK(invalid(verify(with_signature(hmac))));
  CHECK(invalid(verify(with_signature("v1," + good.substr(4)))));
  CHECK(invalid(verify(with_signature("v2a," + good.substr(4)))));
}

TEST_CASE("webhook: a timestamp may differ by five minutes and not by a millisecond more") {
  const WebhookHeaders headers = signed_headers();
  CHECK(verify(headers, kNow + kWebhookTolerance).has_value());
  CHECK(verify(headers, kNow - kWebhookTolerance).has_value());
  CHECK(expired(verify(headers, kNow + kWebhookTolerance + 1ms)));
  CHECK(expired(verify(headers, kNow - kWebhookTolerance - 1ms)));
}

TEST_CASE("webhook: only a right signature can be signature_expired") {
  WebhookHeaders headers = signed_headers();
  CHECK(expired(verify(headers, kNow + 1h)));
  CHECK(invalid(verify(headers, kNow + 1h, "other")));
  headers.timestamp = "9999999999";
  CHECK(invalid(verify(headers)));
}

TEST_CASE("webhook: the timestamp is the current time in whole seconds, rounded down") {
  CHECK(sign_webhook(kSeed, kId, kNow + 999ms, kBody).timestamp == "1795420800");
  CHECK(sign_webhook(kSeed, kId, kNow + 1000ms, kBody).timestamp == "1795420801");
}

TEST_CASE("webhook: a public key has one spelling") {
  const std::string good(kKnownKey);
  const std::string base64 = good.substr(5);
  CHECK(parse_webhook_public_key(good) == ed25519_public_key(kSeed));
  for (const std::string& text :
       {std::string(), base64, std::string("whpk_"), "WHPK_" + base64, "whsk_" + base64,
        "whpk_" + base64.substr(0, 43), good + "=", good + "\n", " " + good,
        "whpk_ " + base64.substr(1), "whpk_" + base64.substr(0, 42) + "h=",
        "whpk_" + std::string(44, 'A'), "whpk_" + std::string(42, 'A') + "==",
        std::string("whpk_A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=")}) {
    CAPTURE(text);
    CHECK_FALSE(parse_webhook_public_key(text).has_value());
  }
}
