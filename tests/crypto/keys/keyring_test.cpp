#include "crypto/keys/keyring.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "crypto/ed25519.h"
#include "crypto/error_codes.h"
#include "crypto/keys/error_codes.h"
#include "crypto/random.h"
#include "tests/crypto/keys/keyring_bytes.h"

using namespace cardvault;
using namespace cardvault::test;

namespace {

const Time kNow{std::chrono::milliseconds{1'795'420'800'123}};
constexpr Seconds kYear = std::chrono::hours{24 * 365};

Keyring fresh_keyring() {
  SystemRandom random;
  return Keyring::generate(kNow, random);
}

template <class T>
bool damaged(const Result<T>& outcome) {
  return !outcome && outcome.error().code == ErrorCode::record_corrupt;
}

template <class T>
bool unavailable(const Result<T>& outcome) {
  return !outcome && outcome.error().code == CryptoError::key_unavailable;
}

}  // namespace

TEST_CASE("keyring: a new keyring has a different 256-bit key for every purpose, numbered from 1") {
  const Keyring keyring = fresh_keyring();
  REQUIRE(keyring.keys().size() == kPurposes.size());
  std::set<Bytes> materials;
  KeyId expected = 0;
  for (const auto& [id, key] : keyring.keys()) {
    CHECK(id == ++expected);
    CHECK(key.id == id);
    CHECK(key.state == KeyState::enabled);
    CHECK(key.created_at == kNow);
    CHECK(key.cryptoperiod == std::chrono::hours{24 * 365});
    CHECK(key.material.size() == 32);
    materials.emplace(key.material.expose().begin(), key.material.expose().end());
  }
  CHECK(materials.size() == kPurposes.size());
  for (const Purpose purpose : kPurposes)
    CHECK(keyring.current(purpose).value()->purpose == purpose);
}

TEST_CASE("keyring: every purpose has its own name") {
  std::set<std::string_view> names;
  for (const Purpose purpose : kPurposes) names.insert(purpose_name(purpose));
  CHECK(names.size() == kPurposes.size());
  CHECK(!names.contains("unknown"));
}

TEST_CASE("keyring: a key is found only for its own purpose") {
  const Keyring keyring = fresh_keyring();
  const KeyId token_key = keyring.current(Purpose::token).value()->id;
  CHECK(keyring.find(Purpose::token, token_key).has_value());
  CHECK(unavailable(keyring.find(Purpose::pan_wrapping, token_key)));
  CHECK(unavailable(keyring.find(Purpose::token, 0)));
  CHECK(unavailable(keyring.find(Purpose::token, 999)));
}

TEST_CASE("keyring: a disabled or destroyed key neither encrypts nor decrypts") {
  for (const KeyState state : {KeyState::disabled, KeyState::destroyed}) {
    const Keyring keyring = with_state(fresh_keyring(), 1, state);
    CHECK(unavailable(keyring.current(Purpose::wallet_records)));
    CHECK(unavailable(keyring.find(Purpose::wallet_records, 1)));
    CHECK(keyring.keys().at(1).state == state);
  }
}

TEST_CASE("keyring: a destroyed key keeps its entry without its bytes") {
  const Keyring whole = fresh_keyring();
  const Bytes material(whole.keys().at(1).material.expose().begin(),
                       whole.keys().at(1).material.expose().end());
  const Keyring keyring = with_state(whole, 1, KeyState::destroyed);
  CHECK(keyring.keys().at(1).created_at == kNow);
  CHECK(keyring.keys().at(1).material.empty());
  const Bytes bytes = bytes_of(keyring);
  CHECK(as_text(bytes).find(as_text(material)) == std::string_view::npos);
}

TEST_CASE("keyring: the newest enabled key encrypts and older keys still decrypt") {
  const Keyring keyring = with_newer_key(fresh_keyring(), 1);
  CHECK(keyring.current(Purpose::wallet_records).value()->id == kPurposes.size() + 1);
  CHECK(keyring.find(Purpose::wallet_records, 1).has_value());
  const Keyring back = with_state(keyring, kPurposes.size() + 1, KeyState::disabled);
  CHECK(back.current(Purpose::wallet_records).value()->id == 1);
}

TEST_CASE("keyring: a keyring of an older version gets keys for its missing purposes") {
  SystemRandom random;
  const Keyring whole = fresh_keyring();
  Keyring keyring = up_to(whole, 8);
  REQUIRE(unavailable(keyring.current(Purpose::receipt_signing)));
  REQUIRE(unavailable(keyring.current(Purpose::channel_signing)));
  const Bytes before = bytes_of(keyring);
  CHECK(keyring.complete(kNow + kYear, random));
  const Bytes after = bytes_of(keyring);
  CHECK(std::equal(before.begin() + kFirstEntryAt, before.end(), after.begin() + kFirstEntryAt));
  REQUIRE(keyring.keys().size() == 10);
  for (const auto& [purpose, id] : {std::pair{Purpose::receipt_signing, KeyId{9}},
                                    std::pair{Purpose::channel_signing, KeyId{10}}}) {
    const Key& key = *keyring.current(purpose).value();
    CHECK(key.id == id);
    CHECK(key.created_at == kNow + kYear);
    CHECK(key.cryptoperiod == kYear);
    CHECK(key.material.size() == kEd25519SeedSize);
    CHECK_FALSE(equal_constant_time(key.material.expose(), whole.keys().at(id).material.expose()));
  }
}

TEST_CASE("keyring: completing a complete keyring is a no-op") {
  SystemRandom random;
  Keyring keyring = up_to(fresh_keyring(), 8);
  CHECK(keyring.complete(kNow, random));
  const Bytes completed = bytes_of(keyring);
  CHECK_FALSE(keyring.complete(kNow + kYear, random));
  CHECK(bytes_of(keyring) == completed);
  Keyring generated = fresh_keyring();
  CHECK_FALSE(generated.complete(kNow, random));
}

TEST_CASE(
    "keyring: added keys are numbered after the highest number, also if numbers are missing") {
  SystemRandom random;
  Bytes bytes = bytes_of(up_to(fresh_keyring(), 8));
  bytes[entry_at(8) + 3] = 200;
  Keyring keyring = Keyring::parse(bytes).value();
  CHECK(keyring.complete(kNow, random));
  CHECK(keyring.current(Purpose::receipt_signing).value()->id == 201);
  CHECK(keyring.current(Purpose::channel_signing).value()->id == 202);
}

TEST_CASE("keyring: completing does not replace a disabled or destroyed key") {
  SystemRandom random;
  for (const KeyState state : {KeyState::disabled, KeyState::destroyed}) {
    Keyring keyring = with_state(fresh_keyring(), 9, state);
    CHECK_FALSE(keyring.complete(kNow, random));
    CHECK(unavailable(keyring.current(Purpose::receipt_signing)));
  }
}

TEST_CASE("keyring: serialised bytes parse back to the same keyring") {
  const Keyring with_all_states =
      with_state(with_state(with_newer_key(fresh_keyring(), 2), 3, KeyState::disabled), 5,
                 KeyState::destroyed);
  const Bytes bytes = bytes_of(with_all_states);
  const auto parsed = Keyring::parse(bytes);
  REQUIRE(parsed.has_value());
  CHECK(bytes_of(*parsed) == bytes);
  for (const auto& [id, key] : with_all_states.keys()) {
    const Key& twin = parsed->keys().at(id);
    CHECK(twin.purpose == key.purpose);
    CHECK(twin.state == key.state);
    CHECK(twin.created_at == key.created_at);
    CHECK(twin.cryptoperiod == key.cryptoperiod);
    CHECK(equal_constant_time(twin.material.expose(), key.material.expose()));
  }
}

TEST_CASE("keyring: truncated bytes and trailing bytes are damage") {
  Bytes bytes = bytes_of(fresh_keyring());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK(damaged(Keyring::parse(ByteView(bytes).first(size))));
  }
  bytes.push_back(0);
  CHECK(damaged(Keyring::parse(bytes)));
}

TEST_CASE("keyring: a flipped bit is damage or the only spelling of another keyring") {
  const Bytes bytes = bytes_of(fresh_keyring());
  std::size_t other_spellings = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes changed = bytes;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    const auto parsed = Keyring::parse(changed);
    if (parsed ? bytes_of(*parsed) != changed : !damaged(parsed)) ++other_spellings;
  }
  CHECK(other_spellings == 0);
}

TEST_CASE("keyring: unknown purposes, states and formats and impossible entries are damage") {
  const Bytes good = bytes_of(fresh_keyring());
  const auto with = [&](std::size_t at, std::uint8_t value) {
    Bytes changed = good;
    changed[at] = value;
    return Keyring::parse(changed);
  };
  const std::size_t second = entry_at(2);
  CHECK(damaged(with(0, 'C')));
  CHECK(damaged(with(4, 0)));
  CHECK(damaged(with(4, 3)));
  CHECK(damaged(with(second + kPurposeAt, 0)));
  CHECK(damaged(with(second + kPurposeAt, kPurposes.size() + 1)));
  CHECK(damaged(with(second + kStateAt, 0)));
  CHECK(damaged(with(second + kStateAt, 4)));
  CHECK(damaged(with(second + kStateAt, static_cast<std::uint8_t>(KeyState::destroyed))));
  CHECK(damaged(with(second + 6, 0xff)));
  CHECK(damaged(with(second + 14, 0xff)));
  CHECK(damaged(with(second + kPromotedAt, 0xff)));
  CHECK(damaged(with(second + kDestroyedAt + 7, 1)));
  CHECK(damaged(with(second + kLengthAt, 31)));
}

TEST_CASE("keyring: duplicate numbers, the number 0 and unsorted keys are damage") {
  const Bytes good = bytes_of(fresh_keyring());
  const auto with_number = [&](KeyId entry, std::uint8_t number) {
    Bytes changed = good;
    changed[entry_at(entry) + 3] = number;
    return Keyring::parse(changed);
  };
  CHECK(damaged(with_number(2, 1)));
  CHECK(damaged(with_number(1, 0)));
  CHECK(damaged(with_number(1, 200)));
  CHECK(with_number(kPurposes.size(), 200).has_value());
}

TEST_CASE("keyring: a count of four thousand million keys is damage") {
  Bytes bytes = bytes_of(fresh_keyring());
  std::fill_n(bytes.begin() + kCountAt, 4, std::uint8_t{0xff});
  CHECK(damaged(Keyring::parse(bytes)));
}

namespace {

constexpr Seconds kWait{12};
const Time kLater = kNow + kWait;

template <class T>
bool refused_with(ErrorCode code, const Result<T>& outcome) {
  return !outcome && outcome.error().code == code;
}

}  // namespace

TEST_CASE("keyring: an added key decrypts at once and encrypts only after its promotion") {
  SystemRandom random;
  Keyring keyring = fresh_keyring();
  const KeyId id = keyring.add(Purpose::token, kNow, random).value();
  CHECK(keyring.find(Purpose::token, id).has_value());
  CHECK(keyring.current(Purpose::token).value()->id != id);
  CHECK(keyring.waiting() == std::vector<KeyId>{id});
  keyring.promote(id, kLater);
  CHECK(keyring.current(Purpose::token).value()->id == id);
  CHECK(keyring.keys().at(id).promoted_at == kLater);
  CHECK(keyring.waiting().empty());
}

TEST_CASE("keyring: while a key waits for promotion no other key of its purpose is added") {
  SystemRandom random;
  Keyring keyring = fresh_keyring();
  REQUIRE(keyring.add(Purpose::token, kNow, random).has_value());
  CHECK(refused_with(KeyError::job_running, keyring.add(Purpose::token, kNow, random)));
  CHECK(keyring.add(Purpose::audit, kNow, random).has_value());
  REQUIRE(promote_all(keyring, kLater));
  CHECK(keyring.add(Purpose::token, kLater, random).has_value());
}

TEST_CASE("keyring: every change raises the generation by one and a no-op does not") {
  SystemRandom random;
  Keyring keyring = fresh_keyring();
  CHECK(keyring.generation() == 1);
  REQUIRE(keyring.add(Purpose::token, kNow, random).has_value());
  CHECK(keyring.generation() == 2);
  CHECK(refused_with(KeyError::job_running, keyring.add(Purpose::token, kNow, random)));
  REQUIRE(promote_all(keyring, kLater));
  CHECK(keyring.generation() == 3);
  REQUIRE(keyring.set_state(5, KeyState::disabled, kLater).has_value());
  REQUIRE(keyring.set_state(5, KeyState::disabled, kLater).has_value());
  CHECK(keyring.generation() == 4);
  CHECK(Keyring::parse(bytes_of(keyring))->generation() == 4);
}

TEST_CASE("keyring: the encrypting key and a waiting key cannot be disabled or destroyed") {
  SystemRandom random;
  Keyring keyring = fresh_keyring();
  const KeyId waiting = keyring.add(Purpose::token, kNow, random).value();
  for (const KeyState state : {KeyState::disabled, KeyState::destroyed}) {
    CHECK(refused_with(KeyError::key_in_use, keyring.set_state(5, state, kNow)));
    CHECK(refused_with(KeyError::key_in_use, keyring.set_state(waiting, state, kNow)));
  }
  CHECK(refused_with(KeyError::key_not_found, keyring.set_state(99, KeyState::disabled, kNow)));
  REQUIRE(promote_all(keyring, kLater));
  CHECK(keyring.set_state(5, KeyState::disabled, kLater).has_value());
  CHECK(unavailable(keyring.find(Purpose::token, 5)));
  CHECK(keyring.set_state(5, KeyState::enabled, kLater).has_value());
  CHECK(keyring.find(Purpose::token, 5).has_value());
}

TEST_CASE("keyring: destruction is final and its time is kept") {
  SystemRandom random;
  Keyring keyring = fresh_keyring();
  REQUIRE(keyring.add(Purpose::token, kNow, random).has_value());
  REQUIRE(promote_all(keyring, kLater));
  REQUIRE(keyring.set_state(5, KeyState::destroyed, kLater).has_value());
  CHECK(keyring.keys().at(5).material.empty());
  CHECK(keyring.keys().at(5).destroyed_at == kLater);
  CHECK(keyring.set_state(5, KeyState::destroyed, kLater + kYear).has_value());
  CHECK(keyring.keys().at(5).destroyed_at == kLater);
  CHECK(refused_with(KeyError::key_in_use, keyring.set_state(5, KeyState::enabled, kLater)));
  CHECK(bytes_of(Keyring::parse(bytes_of(keyring)).value()) == bytes_of(keyring));
}

TEST_CASE("keyring: look-ups use the current key first and then every enabled key") {
  SystemRandom random;
  Keyring keyring = fresh_keyring();
  const KeyId second = keyring.add(Purpose::subject_index, kNow, random).value();
  const auto ids = [&] {
    std::vector<KeyId> found;
    for (const Key* key : keyring.usable(Purpose::subject_index)) found.push_back(key->id);
    return found;
  };
  CHECK(ids() == std::vector<KeyId>{4, second});
  REQUIRE(promote_all(keyring, kLater));
  CHECK(ids() == std::vector<KeyId>{second, 4});
  REQUIRE(keyring.set_state(4, KeyState::disabled, kLater).has_value());
  CHECK(ids() == std::vector<KeyId>{second});
}

TEST_CASE("keyring: a key is retired when the next one of its purpose is promoted") {
  SystemRandom random;
  Keyring keyring = fresh_keyring();
  CHECK_FALSE(keyring.retired_at(keyring.keys().at(5)));
  const KeyId next = keyring.add(Purpose::token, kNow, random).value();
  CHECK_FALSE(keyring.retired_at(keyring.keys().at(5)));
  REQUIRE(promote_all(keyring, kLater));
  CHECK(keyring.retired_at(keyring.keys().at(5)) == kLater);
  CHECK_FALSE(keyring.retired_at(keyring.keys().at(next)));
  REQUIRE(keyring.add(Purpose::token, kNow, random).has_value());
  REQUIRE(promote_all(keyring, kLater - Seconds{1}));
  CHECK(keyring.retired_at(keyring.keys().at(5)) == kLater - Seconds{1});
}

TEST_CASE("keyring: the number of keys of a purpose is limited") {
  SystemRandom random;
  Keyring keyring = fresh_keyring();
  Time now = kNow;
  for (std::size_t i = 1; i < Keyring::kMostKeysOfAPurpose; ++i) {
    REQUIRE(keyring.add(Purpose::token, now, random).has_value());
    now += kWait;
    REQUIRE(promote_all(keyring, now));
  }
  CHECK(refused_with(ErrorCode::limit_reached, keyring.add(Purpose::token, now, random)));
  CHECK(keyring.add(Purpose::audit, now, random).has_value());
}

TEST_CASE("keyring: a clone has equal bytes in its own memory") {
  const Keyring keyring = with_state(fresh_keyring(), 3, KeyState::disabled);
  const Keyring twin = keyring.clone();
  CHECK(bytes_of(twin) == bytes_of(keyring));
  CHECK(twin.keys().at(1).material.expose().data() !=
        keyring.keys().at(1).material.expose().data());
}

TEST_CASE("keyring: each purpose parses back from its name") {
  for (const Purpose purpose : kPurposes) CHECK(parse_purpose(purpose_name(purpose)) == purpose);
  CHECK_FALSE(parse_purpose("tokens").has_value());
}
