#include "crypto/keyed_hash.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/crypto/published_vectors.h"

using namespace cardvault;
using namespace cardvault::test;

TEST_CASE("keyed hash: the Wycheproof cases of HMAC-SHA-256 pass") {
  const auto vectors = published_vectors("wycheproof-hmac_sha256.json");
  if (!vectors) SKIP("the folder with published vectors is not here");
  std::size_t seen = 0;
  for (const auto& group : (*vectors)["testGroups"]) {
    for (const auto& test : group["tests"]) {
      CAPTURE(test["tcId"].get<int>());
      const Bytes tag = from_hex(test["tag"].get<std::string>());
      const Digest digest = hmac_sha256(from_hex(test["key"].get<std::string>()),
                                        from_hex(test["msg"].get<std::string>()));
      REQUIRE(tag.size() <= digest.size());
      CHECK(std::ranges::equal(tag, ByteView(digest).first(tag.size())) ==
            (test["result"] == "valid"));
      ++seen;
    }
  }
  CHECK(seen == (*vectors)["numberOfTests"].get<std::size_t>());
}

TEST_CASE("keyed hash: different lists of parts have different hashes") {
  const Bytes key(32, 7);
  const auto hash = [&](std::string_view domain, std::initializer_list<ByteView> parts) {
    return keyed_hash(key, domain, parts);
  };
  const std::set<Digest> hashes{hash("d", {}),
                                hash("", {as_bytes("d")}),
                                hash("d", {as_bytes("")}),
                                hash("d", {as_bytes("ab")}),
                                hash("da", {as_bytes("b")}),
                                hash("d", {as_bytes("a"), as_bytes("b")}),
                                hash("d", {as_bytes("ab"), as_bytes("")}),
                                hash("d", {as_bytes(""), as_bytes("ab")}),
                                hash("d", {as_bytes("b"), as_bytes("a")})};
  CHECK(hashes.size() == 9);
}

TEST_CASE("keyed hash: each part follows its length as 32 bits in big-endian order") {
  const Bytes key(32, 7);
  const std::string written(
      "\0\0\0\3pan\0\0\0\4"
      "6222",
      15);
  CHECK(keyed_hash(key, "pan", {as_bytes("6222")}) == hmac_sha256(key, as_bytes(written)));
}

TEST_CASE("keyed hash: another key gives another hash") {
  CHECK(keyed_hash(Bytes(32, 1), "pan", {as_bytes("6222")}) !=
        keyed_hash(Bytes(32, 2), "pan", {as_bytes("6222")}));
}

TEST_CASE("sha256: the published values of FIPS 180-4 match") {
  CHECK(to_hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256(as_bytes("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(to_hex(sha256(Bytes(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("plain hash: BLAKE2b-256 of the empty text matches the published value") {
  CHECK(to_hex(plain_hash({})) ==
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}
