#include "crypto/keys/record_seal.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include "crypto/aead.h"
#include "crypto/error_codes.h"
#include "crypto/random.h"
#include "tests/crypto/keys/keyring_bytes.h"
#include "tests/crypto/published_vectors.h"

using namespace cardvault;
using namespace cardvault::test;

namespace {

constexpr Purpose kPurpose = Purpose::wallet_records;
constexpr RecordContext kHome{.kind = "wallet", .owner = "wal_1", .field = "crd_1"};
constexpr std::string_view kText = "6222021234567890123";

struct Vault {
  SystemRandom random;
  LiveKeyring keyring{Keyring::generate(Time{}, random), kBeforeAnyEnd};
  RecordSealer sealer{keyring, random};
};

/// The two ways to seal. Every claim holds for both.
struct PlainWay {
  static auto seal(const RecordSealer& sealer, const RecordContext& context, ByteView plaintext) {
    return sealer.seal(kPurpose, context, plaintext);
  }
  static auto open(const RecordSealer& sealer, const RecordContext& context,
                   const SealedRecord& record) {
    return sealer.open(kPurpose, context, record);
  }
};
struct OwnKeyWay {
  static auto seal(const RecordSealer& sealer, const RecordContext& context, ByteView plaintext) {
    return sealer.seal_with_own_key(kPurpose, context, plaintext);
  }
  static auto open(const RecordSealer& sealer, const RecordContext& context,
                   const SealedRecord& record) {
    return sealer.open_with_own_key(kPurpose, context, record);
  }
};

Bytes copy_of(const SealedRecord& record) {
  return {record.bytes().begin(), record.bytes().end()};
}

ErrorCode code_of(const Result<Bytes>& outcome) {
  return outcome ? ErrorCode::internal : outcome.error().code;
}

bool refused(const Result<Bytes>& outcome) {
  const ErrorCode code = code_of(outcome);
  return code == ErrorCode::record_corrupt || code == CryptoError::key_unavailable;
}

bool shows(ByteView bytes, std::string_view text) {
  return as_text(bytes).find(text) != std::string_view::npos;
}

}  // namespace

TEMPLATE_TEST_CASE("record seal: every plaintext round-trips", "", PlainWay, OwnKeyWay) {
  const Vault vault;
  CHECK(rc::check("round trip", [&](const Bytes& plaintext) {
    const auto record = TestType::seal(vault.sealer, kHome, plaintext);
    RC_ASSERT(TestType::open(vault.sealer, kHome, record.value()).value() == plaintext);
  }));
}

TEMPLATE_TEST_CASE("record seal: Confidential, a record shows no part of its contents", "",
                   PlainWay, OwnKeyWay) {
  const Vault vault;
  const auto record = TestType::seal(vault.sealer, kHome, as_bytes(kText)).value();
  for (std::size_t at = 0; at + 4 <= kText.size(); ++at) {
    CHECK_FALSE(shows(record.bytes(), kText.substr(at, 4)));
  }
  CHECK(record != TestType::seal(vault.sealer, kHome, as_bytes(kText)).value());
}

TEMPLATE_TEST_CASE("record seal: Integrity, a record with a flipped bit does not open", "",
                   PlainWay, OwnKeyWay) {
  const Vault vault;
  const Bytes good = copy_of(TestType::seal(vault.sealer, kHome, as_bytes(kText)).value());
  std::size_t opened = 0;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes changed = good;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    const auto record = SealedRecord::from_storage(changed);
    if (!refused(TestType::open(vault.sealer, kHome, record))) ++opened;
  }
  CHECK(opened == 0);
}

TEMPLATE_TEST_CASE("record seal: MoveIntegrity, a record moved to another place does not open", "",
                   PlainWay, OwnKeyWay) {
  const Vault vault;
  const auto record = TestType::seal(vault.sealer, kHome, as_bytes(kText)).value();
  REQUIRE(TestType::open(vault.sealer, kHome, record).has_value());
  for (const RecordContext& place :
       {RecordContext{"audit", "wal_1", "crd_1"}, RecordContext{"wallet", "wal_2", "crd_1"},
        RecordContext{"wallet", "wal_1", "crd_2"}, RecordContext{"wallet", "wal_1", ""},
        RecordContext{"wallet", "", "crd_1"}, RecordContext{"wallet", "wal_1crd_1", ""},
        RecordContext{"walletw", "al_1", "crd_1"}, RecordContext{"wallet", "wal_1c", "rd_1"}}) {
    CAPTURE(place.kind, place.owner, place.field);
    CHECK(code_of(TestType::open(vault.sealer, place, record)) == ErrorCode::record_corrupt);
  }
}

TEMPLATE_TEST_CASE("record seal: a truncated or longer record does not open", "", PlainWay,
                   OwnKeyWay) {
  const Vault vault;
  Bytes good = copy_of(TestType::seal(vault.sealer, kHome, as_bytes(kText)).value());
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto cut = SealedRecord::from_storage(
        Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
    CHECK(code_of(TestType::open(vault.sealer, kHome, cut)) == ErrorCode::record_corrupt);
  }
  good.push_back(0);
  CHECK(code_of(TestType::open(vault.sealer, kHome, SealedRecord::from_storage(good))) ==
        ErrorCode::record_corrupt);
  CHECK(code_of(TestType::open(vault.sealer, kHome, SealedRecord())) == ErrorCode::record_corrupt);
}

TEMPLATE_TEST_CASE(
    "record seal: for a damaged record the client sees no details and the operator sees its place",
    "", PlainWay, OwnKeyWay) {
  const Vault vault;
  Bytes bytes = copy_of(TestType::seal(vault.sealer, kHome, as_bytes(kText)).value());
  bytes.back() ^= 1U;
  const auto opened = TestType::open(vault.sealer, kHome, SealedRecord::from_storage(bytes));
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().detail == "A stored record cannot be opened.");
  CHECK(opened.error().inside.text.find("wallet") != std::string::npos);
  CHECK(opened.error().inside.text.find("wal_1") != std::string::npos);
  CHECK(opened.error().inside.text.find("6222") == std::string::npos);
}

TEMPLATE_TEST_CASE("record seal: with a disabled or destroyed key a record is key_unavailable", "",
                   PlainWay, OwnKeyWay) {
  const Vault vault;
  const auto record = TestType::seal(vault.sealer, kHome, as_bytes(kText)).value();
  SystemRandom random;
  for (const KeyState state : {KeyState::disabled, KeyState::destroyed}) {
    const LiveKeyring keyring(with_state(vault.keyring, 1, state), kBeforeAnyEnd);
    const RecordSealer sealer(keyring, random);
    CHECK(code_of(TestType::open(sealer, kHome, record)) == CryptoError::key_unavailable);
    CHECK(TestType::seal(sealer, kHome, {}).error().code == CryptoError::key_unavailable);
  }
}

TEMPLATE_TEST_CASE("record seal: after a rotation records of the older key open", "", PlainWay,
                   OwnKeyWay) {
  const Vault vault;
  const auto record = TestType::seal(vault.sealer, kHome, as_bytes(kText)).value();
  SystemRandom random;
  const LiveKeyring rotated(with_newer_key(vault.keyring, 1), kBeforeAnyEnd);
  const RecordSealer sealer(rotated, random);
  CHECK(TestType::open(sealer, kHome, record).has_value());
  const auto newer = TestType::seal(sealer, kHome, as_bytes(kText)).value();
  CHECK(code_of(TestType::open(vault.sealer, kHome, newer)) == CryptoError::key_unavailable);
}

TEMPLATE_TEST_CASE("record seal: a record does not open with the keys of another vault", "",
                   PlainWay, OwnKeyWay) {
  const Vault vault;
  const Vault other;
  const auto record = TestType::seal(vault.sealer, kHome, as_bytes(kText)).value();
  CHECK(code_of(TestType::open(other.sealer, kHome, record)) == ErrorCode::record_corrupt);
}

TEST_CASE("record seal: a record of an older or unknown format or algorithm does not open") {
  const Vault vault;
  const Bytes good = copy_of(vault.sealer.seal(kPurpose, kHome, as_bytes(kText)).value());
  for (const std::size_t at : {std::size_t{0}, std::size_t{1}}) {
    for (const int value : {0, 2, 255}) {
      Bytes changed = good;
      changed[at] = static_cast<std::uint8_t>(value);
      const auto opened = vault.sealer.open(kPurpose, kHome, SealedRecord::from_storage(changed));
      CHECK(code_of(opened) == ErrorCode::record_corrupt);
    }
  }
}

TEST_CASE("record seal: a record does not open for another purpose") {
  const Vault vault;
  const auto record = vault.sealer.seal(kPurpose, kHome, as_bytes(kText)).value();
  CHECK(code_of(vault.sealer.open(Purpose::audit, kHome, record)) == CryptoError::key_unavailable);
}

TEST_CASE("record seal: a record of an older key does not open under a newer key's number") {
  const Vault vault;
  const LiveKeyring rotated(with_newer_key(vault.keyring, 1), kBeforeAnyEnd);
  SystemRandom random;
  const RecordSealer sealer(rotated, random);
  Bytes bytes = copy_of(vault.sealer.seal(kPurpose, kHome, as_bytes(kText)).value());
  bytes[5] = kPurposes.size() + 1;
  CHECK(code_of(sealer.open(kPurpose, kHome, SealedRecord::from_storage(bytes))) ==
        ErrorCode::record_corrupt);
}

TEST_CASE("record seal: bytes and associated data have the documented layout") {
  const Vault vault;
  const auto record = vault.sealer.seal(kPurpose, kHome, as_bytes(kText)).value();
  CHECK(to_hex(record.bytes().first(6)) == "010100000001");
  const Bytes associated = from_hex(
      "00000001"
      "01"
      "00000006"
      "77616c6c6574"
      "00000005"
      "77616c5f31"
      "00000005"
      "6372645f31"
      "00000004"
      "00000001");
  const auto opened = aead_open(vault.keyring.snapshot()->keys().at(1).material.expose(),
                                record.bytes().subspan(6), associated);
  REQUIRE(opened.has_value());
  CHECK(as_text(*opened) == kText);
}

TEST_CASE("record seal: a record with its own key contains that key as a wrapped record") {
  const Vault vault;
  const auto record = vault.sealer.seal_with_own_key(kPurpose, kHome, as_bytes(kText)).value();
  REQUIRE(to_hex(record.bytes().first(2)) == "004e");
  const ByteView wrapped = record.bytes().subspan(2, 0x4e);
  const auto key =
      vault.sealer.open(kPurpose, {"wallet_key", kHome.owner, kHome.field},
                        SealedRecord::from_storage(Bytes(wrapped.begin(), wrapped.end())));
  REQUIRE(key.has_value());
  const Bytes associated = from_hex(
      "00000001"
      "01"
      "00000006"
      "77616c6c6574"
      "00000005"
      "77616c5f31"
      "00000005"
      "6372645f31"
      "00000004"
      "00000000");
  const auto opened = aead_open(*key, record.bytes().subspan(2 + 0x4e), associated);
  REQUIRE(opened.has_value());
  CHECK(as_text(*opened) == kText);
}

TEST_CASE("record seal: two records with their own keys never share a key") {
  const Vault vault;
  const Bytes first = copy_of(vault.sealer.seal_with_own_key(kPurpose, kHome, {}).value());
  Bytes second = copy_of(vault.sealer.seal_with_own_key(kPurpose, kHome, {}).value());
  std::copy_n(first.begin(), 2 + 0x4e, second.begin());
  CHECK(code_of(vault.sealer.open_with_own_key(
            kPurpose, kHome, SealedRecord::from_storage(second))) == ErrorCode::record_corrupt);
}

TEST_CASE("record seal: neither form of record opens as the other") {
  const Vault vault;
  const auto plain = vault.sealer.seal(kPurpose, kHome, Bytes(200)).value();
  const auto own = vault.sealer.seal_with_own_key(kPurpose, kHome, Bytes(200)).value();
  CHECK(refused(vault.sealer.open_with_own_key(kPurpose, kHome, plain)));
  CHECK(refused(vault.sealer.open(kPurpose, kHome, own)));
}
