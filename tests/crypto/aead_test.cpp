#include "crypto/aead.h"

#include <catch2/catch_test_macros.hpp>

#include "crypto/random.h"
#include "tests/crypto/published_vectors.h"

using namespace cardvault;
using namespace cardvault::test;

namespace {

struct AeadCase {
  explicit AeadCase(const nlohmann::json& json)
      : key(from_hex(json["key"].get<std::string>())),
        nonce(from_hex(json["iv"].get<std::string>())),
        associated(from_hex(json["aad"].get<std::string>())),
        message(from_hex(json["msg"].get<std::string>())),
        sealed(from_hex(json["iv"].get<std::string>() + json["ct"].get<std::string>() +
                        json["tag"].get<std::string>())),
        valid(json["result"] == "valid") {}

  Bytes key;
  Bytes nonce;
  Bytes associated;
  Bytes message;
  Bytes sealed;
  bool valid;
};

void check_case(const AeadCase& vector) {
  const auto opened = aead_open(vector.key, vector.sealed, vector.associated);
  CHECK(opened.has_value() == vector.valid);
  if (!opened) {
    CHECK(opened.error().code == ErrorCode::record_corrupt);
    return;
  }
  CHECK(*opened == vector.message);
  PrescribedBytes random(vector.nonce);
  Bytes again;
  aead_seal(vector.key, vector.message, vector.associated, random, again);
  CHECK(again == vector.sealed);
}

}  // namespace

TEST_CASE("aead: the Wycheproof cases of XChaCha20-Poly1305 pass and seal to the same bytes") {
  const auto vectors = published_vectors("wycheproof-xchacha20_poly1305.json");
  if (!vectors) SKIP("the folder with published vectors is not here");
  std::size_t expressed = 0;
  for (const auto& group : (*vectors)["testGroups"]) {
    for (const auto& test : group["tests"]) {
      CAPTURE(test["tcId"].get<int>());
      const AeadCase vector(test);
      if (vector.nonce.size() == kAeadNonceSize) ++expressed;
      // A nonce of another length has no sealed form. The vectors mark such cases as invalid.
      else
        REQUIRE_FALSE(vector.valid);
      check_case(vector);
    }
  }
  CHECK(expressed > 200);
}

TEST_CASE("aead: input below the minimum length and keys of other lengths are refused") {
  const Bytes key(kAeadKeySize, 1);
  for (std::size_t size = 0; size < kAeadOverhead; ++size) {
    CHECK(aead_open(key, Bytes(size), {}).error().code == ErrorCode::record_corrupt);
  }
  CHECK_FALSE(aead_open(Bytes(kAeadKeySize - 1, 1), Bytes(100), {}));
  CHECK_FALSE(aead_open({}, Bytes(100), {}));
}

TEST_CASE("aead: every seal draws its own nonce and appends to the output") {
  SystemRandom random;
  const Bytes key(kAeadKeySize, 1);
  Bytes first{0xaa};
  Bytes second{0xaa};
  aead_seal(key, as_bytes("message"), {}, random, first);
  aead_seal(key, as_bytes("message"), {}, random, second);
  CHECK(first != second);
  REQUIRE(first.size() == 1 + kAeadOverhead + 7);
  CHECK(first.front() == 0xaa);
  CHECK(aead_open(key, ByteView(first).subspan(1), {}) == Bytes{'m', 'e', 's', 's', 'a', 'g', 'e'});
}

TEST_CASE("aead: an empty message is authenticated too") {
  SystemRandom random;
  const Bytes key(kAeadKeySize, 1);
  Bytes sealed;
  aead_seal(key, {}, as_bytes("place"), random, sealed);
  CHECK(aead_open(key, sealed, as_bytes("place")) == Bytes{});
  CHECK_FALSE(aead_open(key, sealed, as_bytes("elsewhere")));
}
