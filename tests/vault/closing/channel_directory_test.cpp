#include "vault/closing/channel_directory.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/webhook_signature.h"

namespace cardvault::test {
namespace {

std::string entry(const std::string& members) {
  return R"({"name":"alipay","close_url":"https://a.example/close")" +
         (members.empty() ? "" : "," + members) + "}";
}

std::string document(const std::string& entries) {
  return R"({"channels":[)" + entries + "]}";
}

Ed25519PublicKey some_key() {
  const Bytes seed(kEd25519SeedSize, 7);
  return ed25519_public_key(seed);
}

ChannelProfile only(const std::string& members) {
  const auto directory = ChannelDirectory::parse(document(entry(members)));
  REQUIRE(directory.has_value());
  REQUIRE(directory->find(Channel::alipay) != nullptr);
  return *directory->find(Channel::alipay);
}

/// The detail of the error.
std::string refused(const std::string& json) {
  const auto directory = ChannelDirectory::parse(json);
  REQUIRE_FALSE(directory.has_value());
  CHECK(directory.error().code == ErrorCode::invalid_request);
  return directory.error().detail;
}

}  // namespace

TEST_CASE(
    "channel directory: the shipped file has every channel on loopback, completed by response") {
  std::ifstream in(CARDVAULT_SOURCE_DIR "/config/channels.json");
  const auto directory =
      ChannelDirectory::parse(std::string(std::istreambuf_iterator<char>(in), {}));
  REQUIRE(directory.has_value());
  for (const std::string_view name : kChannelNames) {
    CAPTURE(name);
    const auto* const profile = directory->find(parse_channel(name).value());
    REQUIRE(profile != nullptr);
    CHECK(profile->channel == parse_channel(name));
    CHECK(profile->close_url == "http://127.0.0.1:8090/channels/" + std::string(name) + "/close");
    CHECK(profile->completion == Completion::response);
  }
}

TEST_CASE("channel directory: name and close_url are required and the rest has defaults") {
  const ChannelProfile profile = only("");
  CHECK(profile.channel == Channel::alipay);
  CHECK(profile.close_url == "https://a.example/close");
  CHECK(profile.completion == Completion::response);
  CHECK(profile.timeout == Seconds(10));
  CHECK(profile.connect_timeout == Seconds(3));
  CHECK(profile.max_concurrency == 4);
  CHECK(profile.acknowledge_within == Seconds(3600));
  CHECK_FALSE(profile.signing_key.has_value());
  CHECK_FALSE(profile.callback_key.has_value());
  CHECK(profile.ca_file.empty());
}

TEST_CASE("channel directory: every member is read") {
  const ChannelProfile profile =
      only(R"("completion":"callback","timeout_s":60,"connect_timeout_s":60,"signing_key":12,)"
           R"("max_concurrency":64,"acknowledge_within_s":604800,"ca_file":"/etc/ca.pem",)"
           R"("callback_key":")" +
           webhook_public_key(some_key()) + "\"");
  CHECK(profile.completion == Completion::callback);
  CHECK(profile.timeout == Seconds(60));
  CHECK(profile.connect_timeout == Seconds(60));
  CHECK(profile.signing_key == KeyId{12});
  CHECK(profile.max_concurrency == 64);
  CHECK(profile.acknowledge_within == Seconds(604800));
  CHECK(profile.ca_file == "/etc/ca.pem");
  CHECK(profile.callback_key == some_key());
}

TEST_CASE("channel directory: the default connect timeout is at most the timeout of the call") {
  CHECK(only(R"("timeout_s":2)").connect_timeout == Seconds(2));
  CHECK(only(R"("timeout_s":4)").connect_timeout == Seconds(3));
}

TEST_CASE("channel directory: a missing channel is not found") {
  const auto none = ChannelDirectory::parse(document(""));
  REQUIRE(none.has_value());
  CHECK(none->find(Channel::alipay) == nullptr);
  const auto one = ChannelDirectory::parse(document(entry("")));
  REQUIRE(one.has_value());
  CHECK(one->find(Channel::sms_bank) == nullptr);
}

TEST_CASE("channel directory: an error names the channel, the member and the reason") {
  const auto [members, why] = GENERATE(table<std::string, std::string>({
      {R"("timeout_s":0)", "timeout_s must be between 1 and 60"},
      {R"("timeout_s":61)", "timeout_s must be between 1 and 60"},
      {R"("timeout_s":-1)", "timeout_s must be between 1 and 60"},
      {R"("timeout_s":18446744073709551615)", "timeout_s must be between 1 and 60"},
      {R"("timeout_s":1.0)", "timeout_s must be a whole number"},
      {R"("timeout_s":"5")", "timeout_s must be a whole number"},
      {R"("timeout_s":true)", "timeout_s must be a whole number"},
      {R"("timeout_s":null)", "timeout_s must be a whole number"},
      {R"("timeout_s":5,"connect_timeout_s":6)", "connect_timeout_s must be between 1 and 5"},
      {R"("connect_timeout_s":0)", "connect_timeout_s must be between 1 and 10"},
      {R"("max_concurrency":0)", "max_concurrency must be between 1 and 64"},
      {R"("max_concurrency":65)", "max_concurrency must be between 1 and 64"},
      {R"("acknowledge_within_s":0)", "acknowledge_within_s must be between 1 and 604800"},
      {R"("acknowledge_within_s":604801)", "acknowledge_within_s must be between 1 and 604800"},
      {R"("signing_key":0)", "signing_key must be between 1 and 4294967295"},
      {R"("signing_key":4294967296)", "signing_key must be between 1 and 4294967295"},
      {R"("completion":"later")", "completion must be response or callback"},
      {R"("completion":7)", "completion must be a text"},
      {R"("completion":"callback")", "callback_key is missing"},
      {R"("callback_key":"whpk_AAAA")", "callback_key must be a whpk_ key"},
      {R"("callback_key":"AAAA")", "callback_key must be a whpk_ key"},
      {R"("ca_file":"")", "ca_file is empty or contains control characters"},
      {R"("ca_file":"a\u0000b")", "ca_file is empty or contains control characters"},
      {R"("retries":3)", "retries is not a known member"},
  }));
  CAPTURE(members);
  CHECK(refused(document(entry(members))) == "channels: alipay: " + why);
}

TEST_CASE(
    "channel directory: a close URL with user, fragment, raw character or odd host is refused") {
  const auto [url, why] = GENERATE(table<std::string, std::string>({
      {"ftp://a/", "does not begin with http:// or https://"},
      {"https://u:p@a/", "has user information"},
      {"https://a/#f", "has a fragment"},
      {"https://a/b c", "has a character that must be percent-encoded"},
      {"https://127.1/", "has no host, or a host in an unusual notation"},
  }));
  CHECK(refused(document(R"({"name":"wearable","close_url":")" + url + "\"}")) ==
        "channels: wearable: close_url " + why);
  CHECK(refused(document(R"({"name":"wearable","close_url":"https://a/\u000a"})")) ==
        "channels: wearable: close_url is empty or contains control characters");
  CHECK(refused(document(R"({"name":"wearable"})")) == "channels: wearable: close_url is missing");
}

TEST_CASE("channel directory: an unknown, missing or duplicate name is refused") {
  CHECK(refused(document(entry("") + "," + entry(""))) ==
        "channels: alipay: the name occurs twice");
  CHECK(refused(document(R"({"name":"paypal","close_url":"https://a/"})")) ==
        "channels: paypal: name is not the name of a channel");
  CHECK(refused(document(entry("") + R"(,{"close_url":"https://a/"})")) ==
        "channels: entry 2: name is missing");
  CHECK(refused(document("7")) == "channels: entry 1 must be an object");
}

TEST_CASE("channel directory: anything but one JSON text is malformed_json") {
  const std::string good = R"({"channels":[]})";
  REQUIRE(ChannelDirectory::parse(good).has_value());
  for (const std::string& text :
       {std::string(), std::string("{"), good + " x", good + std::string(1, '\0') + "{}",
        "\xef\xbb\xbf" + good, std::string(R"({"channels":[],"channels":[]})")}) {
    CAPTURE(text);
    const auto directory = ChannelDirectory::parse(text);
    REQUIRE_FALSE(directory.has_value());
    CHECK(directory.error().code == ErrorCode::malformed_json);
    CHECK(directory.error().detail.starts_with("channels: "));
  }
}

TEST_CASE("channel directory: a document of another shape is refused") {
  const std::string json =
      GENERATE("[]", "null", "{}", R"({"channels":{}})", R"({"channels":null})",
               R"({"channels":[],"version":1})", R"({"Channels":[]})");
  CAPTURE(json);
  CHECK(refused(json).starts_with("channels: the document must be "));
}

}  // namespace cardvault::test
