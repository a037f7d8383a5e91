#include "crypto/ed25519.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/crypto/published_vectors.h"

using namespace cardvault;
using namespace cardvault::test;

namespace {

template <class Fixed>
Fixed fixed(ByteView bytes) {
  Fixed value{};
  REQUIRE(bytes.size() == value.size());
  std::ranges::copy(bytes, value.begin());
  return value;
}

template <class Fixed>
Fixed fixed_from_hex(std::string_view hex) {
  return fixed<Fixed>(from_hex(hex));
}

struct Rfc8032Test {
  std::string_view name;
  std::string_view seed;
  std::string_view public_key;
  std::string_view message;
  std::string_view signature;
};

// RFC 8032, 7.1.
constexpr Rfc8032Test kEmptyMessage{
    "TEST 1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"};
constexpr std::array kRfc8032Tests{
    kEmptyMessage,
    Rfc8032Test{"TEST 2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    Rfc8032Test{"TEST 3", "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    Rfc8032Test{"TEST SHA(abc)", "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
                "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
                "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
};

Ed25519PublicKey key_of(const Rfc8032Test& test) {
  return fixed_from_hex<Ed25519PublicKey>(test.public_key);
}

void check_wycheproof_case(const Ed25519PublicKey& key, const nlohmann::json& test) {
  const Bytes signature = from_hex(test["sig"].get<std::string>());
  const bool valid = test["result"] == "valid";
  // The type excludes other lengths. The vectors mark such cases as invalid.
  if (signature.size() != std::tuple_size_v<Ed25519Signature>) {
    CHECK_FALSE(valid);
    return;
  }
  const Bytes message = from_hex(test["msg"].get<std::string>());
  CHECK(verify_ed25519(key, message, fixed<Ed25519Signature>(signature)) == valid);
}

bool refused(std::string_view base64) {
  return !from_base64(base64).has_value();
}

}  // namespace

TEST_CASE("ed25519: the tests of RFC 8032 give the same keys and signatures and verify") {
  for (const auto& test : kRfc8032Tests) {
    CAPTURE(test.name);
    const Bytes seed = from_hex(test.seed);
    const Bytes message = from_hex(test.message);
    const auto signature = sign_ed25519(seed, message);
    CHECK(to_hex(ed25519_public_key(seed)) == test.public_key);
    CHECK(to_hex(signature) == test.signature);
    CHECK(verify_ed25519(key_of(test), message, signature));
  }
}

TEST_CASE("ed25519: the Wycheproof cases of Ed25519 pass") {
  const auto vectors = published_vectors("wycheproof-ed25519.json");
  if (!vectors) SKIP("the folder with published vectors is not here");
  std::size_t seen = 0;
  for (const auto& group : (*vectors)["testGroups"]) {
    const auto key = fixed_from_hex<Ed25519PublicKey>(group["publicKey"]["pk"].get<std::string>());
    for (const auto& test : group["tests"]) {
      CAPTURE(test["tcId"].get<int>());
      check_wycheproof_case(key, test);
      ++seen;
    }
  }
  CHECK(seen == (*vectors)["numberOfTests"].get<std::size_t>());
}

TEST_CASE("ed25519: a flipped bit in key, message or signature is refused") {
  const auto& test = kRfc8032Tests[2];
  const Bytes message = from_hex(test.message);
  const auto signature = fixed_from_hex<Ed25519Signature>(test.signature);
  const auto flipped = [](auto value, std::size_t bit) {
    value[bit / 8] = static_cast<std::uint8_t>(value[bit / 8] ^ (1U << (bit % 8)));
    return value;
  };
  for (std::size_t bit = 0; bit < 32 * 8; ++bit) {
    CHECK_FALSE(verify_ed25519(flipped(key_of(test), bit), message, signature));
  }
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    CHECK_FALSE(verify_ed25519(key_of(test), flipped(message, bit), signature));
  }
  for (std::size_t bit = 0; bit < 64 * 8; ++bit) {
    CHECK_FALSE(verify_ed25519(key_of(test), message, flipped(signature, bit)));
  }
}

TEST_CASE("ed25519: a signature whose S is raised by the group order is refused") {
  const auto malleable = fixed_from_hex<Ed25519Signature>(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
      "4c8c7872aa064e049dbb3013fbf29380d25bf5f0595bbe24655141438e7a101b");
  CHECK_FALSE(verify_ed25519(key_of(kEmptyMessage), {}, malleable));
}

TEST_CASE("ed25519: a signature under the neutral element as public key is refused") {
  // R is the base point and S is 1, so the equation S*B = R + h*A holds for every message.
  const auto fits_everything = fixed_from_hex<Ed25519Signature>(
      "5866666666666666666666666666666666666666666666666666666666666666"
      "0100000000000000000000000000000000000000000000000000000000000000");
  const auto neutral = fixed_from_hex<Ed25519PublicKey>(
      "0100000000000000000000000000000000000000000000000000000000000000");
  CHECK_FALSE(verify_ed25519(neutral, as_bytes("any"), fits_everything));
  CHECK_FALSE(verify_ed25519(neutral, as_bytes("other"), fits_everything));
}

TEST_CASE("base64: the examples of RFC 4648 encode and decode") {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kExamples{
      {{"", ""},
       {"f", "Zg=="},
       {"fo", "Zm8="},
       {"foo", "Zm9v"},
       {"foob", "Zm9vYg=="},
       {"fooba", "Zm9vYmE="},
       {"foobar", "Zm9vYmFy"}}};
  for (const auto& [plain, encoded] : kExamples) {
    CHECK(to_base64(as_bytes(plain)) == encoded);
    const auto decoded = from_base64(encoded);
    REQUIRE(decoded.has_value());
    CHECK(as_text(*decoded) == plain);
  }
  CHECK(to_base64(Bytes{0xfb, 0xff}) == "+/8=");
}

TEST_CASE("base64: missing, misplaced and excessive padding is refused") {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zm8", "Zg===", "Zm8==", "Zm9v=", "Zm9v====", "Z", "Z===", "=",
        "==", "====", "=Zg=", "Zg==Zg==", "Zg=g", "Zm9vZ"}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
}

TEST_CASE("base64: nonzero trailing bits are refused") {
  for (const std::string_view text : {"Zh==", "Zv==", "Zm9=", "Zm+="}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
}

TEST_CASE("base64: only bytes of the alphabet are digits") {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const char c = static_cast<char>(byte);
    if (c != '=') CHECK(refused(std::string("AAA") + c) != kAlphabet.contains(c));
    CHECK(refused(std::string(1, c) + "AAA") != kAlphabet.contains(c));
  }
  CHECK(refused("Zm9v\n"));
  CHECK(refused(" Zm9v"));
  CHECK(refused("Zm9v Zm9v"));
}
