#include "vault/closing/receipt.h"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/vault/vault_fixture.h"
#include "vault/closing/canonical_json.h"

namespace cardvault::test {
namespace {

using nlohmann::json;

const Time kStart{std::chrono::seconds{1'795'000'000}};

struct ReceiptFixture {
  SystemRandom random;
  FixedClock clock{kStart};
  LiveKeyring keyring{Keyring::generate(kStart, random), clock};
  WalletId wallet = id_of<WalletId>(3);
  Deregistration closed = [] {
    Deregistration one;
    one.id = id_of<DeregistrationId>(1);
    one.card = id_of<CardId>(2);
    one.last4 = "0048";
    one.reason = "卡片丢失 \"lost\"";
    one.requested_at = kStart;
    one.deadline = kStart + Seconds{600};
    one.closures = {{.channel = Channel::alipay, .attempts = 2}, {.channel = Channel::wearable}};
    one.closures[0].close(kStart + Seconds{60}, digest_of("a"));
    one.closures[1].close(kStart + Seconds{90}, digest_of("b"));
    return one;
  }();

  [[nodiscard]] std::string receipt() {
    closed.receipt = seal_receipt(keyring, wallet, closed, kStart + Seconds{91}).value();
    return render_receipt(wallet, closed);
  }
  [[nodiscard]] std::string_view verdict(const std::string& text) {
    return code_of(verify_receipt(text, published_keys(*keyring.snapshot())));
  }
};

/// Changes every value inside, one at a time.
void tamper(const json& original, json& whole, json& part,
            const std::function<void(const json&, const std::string&)>& check,
            const std::string& where = "") {
  if (part.is_structured()) {
    for (auto& member : part.items()) {
      tamper(original, whole, member.value(), check, where + "/" + member.key());
    }
    return;
  }
  const json before = part;
  part = before.is_string() ? json(before.get<std::string>() + "x")
                            : (before.is_boolean() ? json(!before.get<bool>()) : json(4711));
  check(whole, where);
  part = before;
}

}  // namespace

TEST_CASE("receipt: the receipt says what closed, when and if in time and has no fingerprint") {
  ReceiptFixture fixture;
  const json receipt = json::parse(fixture.receipt());
  CHECK(receipt.at("card") == fixture.closed.card.text());
  CHECK(receipt.at("wallet") == fixture.wallet.text());
  CHECK(receipt.at("last4") == "0048");
  CHECK(receipt.at("pan_shredded_at") == format_rfc3339(kStart));
  CHECK(receipt.at("closed_at") == format_rfc3339(kStart + Seconds{90}));
  CHECK(receipt.at("issued_at") == format_rfc3339(kStart + Seconds{91}));
  CHECK(receipt.at("deadline_met") == true);
  CHECK(receipt.at("deadline_basis") == "calendar");
  REQUIRE(receipt.at("channels").size() == 2);
  CHECK(receipt.at("channels")[0].at("attempts") == 2);
  CHECK(receipt.at("channels")[0].at("acknowledgement_sha256") == to_hex(digest_of("a")));
  CHECK_FALSE(receipt.contains("fingerprint"));
}

TEST_CASE("receipt: a receipt verifies with the published key, alone or inside its resource") {
  ReceiptFixture fixture;
  const std::string receipt = fixture.receipt();
  CHECK(fixture.verdict(receipt) == "ok");
  json resource{{"id", fixture.closed.id.text()},
                {"card", fixture.closed.card.text()},
                {"receipt", json::parse(receipt)}};
  CHECK(fixture.verdict(resource.dump()) == "ok");
  resource["card"] = id_of<CardId>(9).text();
  CHECK(fixture.verdict(resource.dump()) == "invalid_request");
  CHECK(fixture.verdict(json::parse(receipt).dump(4)) == "ok");
  const auto verified = verify_receipt(receipt, published_keys(*fixture.keyring.snapshot()));
  CHECK(verified->card == fixture.closed.card.text());
  CHECK(verified->deadline_met);
  CHECK(verified->extent == "card");
  CHECK(verified->channels == std::vector<std::string>{"alipay", "wearable"});
  const auto published = parse_published_keys(render_published_keys(*fixture.keyring.snapshot()));
  REQUIRE(code_of(published) == "ok");
  CHECK(code_of(verify_receipt(receipt, *published)) == "ok");
}

TEST_CASE("receipt: a receipt with a changed, missing or added member does not verify") {
  ReceiptFixture fixture;
  json receipt = json::parse(fixture.receipt());
  tamper(receipt, receipt, receipt, [&](const json& changed, const std::string& where) {
    INFO(where);
    CHECK(fixture.verdict(changed.dump()) != "ok");
  });
  const json whole = receipt;
  for (const auto& member : whole.items()) {
    json without = receipt;
    without.erase(member.key());
    INFO("without " << member.key());
    CHECK(fixture.verdict(without.dump()) != "ok");
  }
  json more = receipt;
  more["note"] = "added later";
  CHECK(fixture.verdict(more.dump()) == "signature_invalid");
  json fewer = receipt;
  fewer["channels"].erase(1);
  CHECK(fixture.verdict(fewer.dump()) == "signature_invalid");
}

TEST_CASE("receipt: a receipt with a duplicate name is malformed_json") {
  ReceiptFixture fixture;
  std::string receipt = fixture.receipt();
  receipt.insert(1, R"("card":"crd_00000000000000000000000000",)");
  CHECK(fixture.verdict(receipt) == "malformed_json");
}

TEST_CASE("receipt: another vault's key and a channel key do not verify a receipt") {
  ReceiptFixture fixture;
  const std::string receipt = fixture.receipt();
  const auto others = published_keys(Keyring::generate(kStart, fixture.random));
  CHECK(code_of(verify_receipt(receipt, others)) == "signature_invalid");
  CHECK(code_of(verify_receipt(receipt, {})) == "key_unavailable");
  auto keys = published_keys(*fixture.keyring.snapshot());
  for (PublishedKey& key : keys) key.purpose = "channel_signing";
  CHECK(code_of(verify_receipt(receipt, keys)) == "key_unavailable");
}

TEST_CASE("receipt: a malformed receipt and a wrong signature have different codes") {
  ReceiptFixture fixture;
  CHECK(fixture.verdict("") == "malformed_json");
  CHECK(fixture.verdict("[]") == "invalid_request");
  CHECK(fixture.verdict("{}") == "invalid_request");
  CHECK(fixture.verdict(R"({"receipt":null})") == "invalid_request");
  json receipt = json::parse(fixture.receipt());
  receipt["type"] = "cardvault.deregistration_receipt.2";
  CHECK(fixture.verdict(receipt.dump()) == "invalid_request");
  receipt = json::parse(fixture.receipt());
  receipt["key_id"] = 9;
  CHECK(fixture.verdict(receipt.dump()) == "invalid_request");
}

TEST_CASE("receipt: a receipt for one channel says that no number was destroyed") {
  ReceiptFixture fixture;
  fixture.closed.extent = Extent::channel;
  fixture.closed.deadline = kStart + Seconds{89};
  const json receipt = json::parse(fixture.receipt());
  CHECK(receipt.at("extent") == "channel");
  CHECK(receipt.at("pan_shredded_at").is_null());
  CHECK(receipt.at("deadline_met") == false);
}

TEST_CASE("published keys: the document has only public halves of signing keys") {
  ReceiptFixture fixture;
  const json document = json::parse(render_published_keys(*fixture.keyring.snapshot()));
  REQUIRE(document.at("keys").size() == 2);
  for (const auto& key : document.at("keys")) {
    CHECK(key.at("kty") == "OKP");
    CHECK(key.at("crv") == "Ed25519");
    CHECK_FALSE(key.contains("d"));
  }
  const KeyHandle current = fixture.keyring.current(Purpose::receipt_signing).value();
  CHECK(document.dump().find(to_base64url(current->material.expose())) == std::string::npos);
  CHECK(document.at("keys")[0].at("kid") == std::to_string(current->id));
}

TEST_CASE("published keys: a malformed document is refused and foreign kinds are skipped") {
  CHECK(code_of(parse_published_keys("{")) == "malformed_json");
  CHECK(code_of(parse_published_keys("[]")) == "invalid_request");
  CHECK(code_of(parse_published_keys(R"({"keys":{}})")) == "invalid_request");
  CHECK(code_of(parse_published_keys(R"({"keys":[{"kty":1}]})")) == "invalid_request");
  CHECK(parse_published_keys(R"({"keys":[{"kty":"RSA"},{"kty":"OKP","crv":"Ed25519","x":"AA"}]})")
            ->empty());
}

TEST_CASE("canonical JSON: sorted names, no spaces, escapes of RFC 8785 and exact integers only") {
  const auto canonical = [](const std::string& text) {
    const auto result = canonical_json(json::parse(text));
    return result ? *result : std::string(result.error().code.name);
  };
  CHECK(canonical(R"({ "b" : [ 1 , true , null ] , "a" : { "z" : "é" , "B" : -5 } })") ==
        R"({"a":{"B":-5,"z":"é"},"b":[1,true,null]})");
  CHECK(canonical(R"("\u0000\u0008\u0009\u000a\u000c\u000d\u001f\u007f\/\"\\\u20ac")") ==
        "\"\\u0000\\b\\t\\n\\f\\r\\u001f\x7f/\\\"\\\\€\"");
  CHECK(canonical("9007199254740991") == "9007199254740991");
  CHECK(canonical("-9007199254740991") == "-9007199254740991");
  for (const auto* refused :
       {"9007199254740992", "-9007199254740992", "1.5", "1e2", R"({"é":1})", R"([{"a":0.1}])"}) {
    CHECK(canonical(refused) == "invalid_request");
  }
}

TEST_CASE("canonical body: a value has one form in any spelling") {
  const auto form = [](std::string_view text) {
    const auto canonical = canonical_body(text);
    return canonical ? std::string(canonical->expose()) : std::string(canonical.error().code.name);
  };
  CHECK(form(" {\"b\" : [ 1,true, null , -0 ],\r\n\"a\":\"\\/\\u00e9\\u000a\"}") ==
        R"({"a":"/é\n","b":[1,true,null,0]})");
  CHECK(form(R"({"a":"/é\n","b":[1,true,null,0]})") == R"({"a":"/é\n","b":[1,true,null,0]})");
  CHECK(form(R"({"a":{"c":1,"b":{}},"":[]})") == R"({"":[],"a":{"b":{},"c":1}})");
  CHECK(form(R"({"a":1})") != form(R"({"a":"1"})"));
  CHECK(form(R"({"a":[1,2]})") != form(R"({"a":[2,1]})"));
  CHECK(form("\"\\ud83d\\udd11\"") == "\"\U0001f511\"");
  CHECK(form(R"({"a":1.5})") == "invalid_request");
  CHECK(form("{\"a\":1}" + std::string(1, '\0')) == "malformed_json");
  CHECK(form("") == "malformed_json");
}

TEST_CASE("receipt: text after a NUL byte and a byte order mark are malformed_json") {
  ReceiptFixture fixture;
  const std::string receipt = fixture.receipt();
  REQUIRE(fixture.verdict(receipt) == "ok");
  CHECK(fixture.verdict(receipt + std::string(1, '\0')) == "malformed_json");
  CHECK(fixture.verdict(receipt + std::string(1, '\0') + "{\"deadline_met\":true}") ==
        "malformed_json");
  CHECK(fixture.verdict("\xef\xbb\xbf" + receipt) == "malformed_json");
  const std::string keys = render_published_keys(*fixture.keyring.snapshot());
  CHECK(code_of(parse_published_keys(keys + std::string(1, '\0') + "{}")) == "malformed_json");
}

TEST_CASE("strict JSON: a repeated name at any depth and deep nesting are refused") {
  CHECK(code_of(parse_strict_json(R"({"a":1,"b":{"a":1}})")) == "ok");
  CHECK(code_of(parse_strict_json(R"({"a":1,"a":1})")) == "malformed_json");
  CHECK(code_of(parse_strict_json(R"([{"b":{"a":1,"\u0061":2}}])")) == "malformed_json");
  CHECK(code_of(parse_strict_json("[[[[[[[[[[1]]]]]]]]]]")) == "malformed_json");
  CHECK(code_of(parse_strict_json("{} {}")) == "malformed_json");
}

}  // namespace cardvault::test
