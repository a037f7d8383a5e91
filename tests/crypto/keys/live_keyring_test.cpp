#include "crypto/keys/live_keyring.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "base/manual_clock.h"
#include "crypto/error_codes.h"
#include "crypto/keys/error_codes.h"
#include "crypto/random.h"
#include "tests/crypto/keys/keyring_bytes.h"

using namespace cardvault;
using namespace cardvault::test;

namespace {

constexpr Seconds kYear = std::chrono::hours{24 * 365};
const Time kStart{std::chrono::milliseconds{1'795'420'800'123}};

struct Fixture {
  SystemRandom random;
  FixedClock base{kStart};
  AdjustableClock clock{base};
  LiveKeyring live{Keyring::generate(kStart, random), clock};

  /// The next keyring with one more key.
  [[nodiscard]] std::pair<Keyring, KeyId> next(Purpose purpose) {
    Keyring keyring = live.snapshot()->clone();
    const KeyId id = keyring.add(purpose, clock.now(), random).value();
    return {std::move(keyring), id};
  }
};

template <class T>
ErrorCode code_of(const Result<T>& outcome) {
  return outcome ? ErrorCode::internal : outcome.error().code;
}

}  // namespace

TEST_CASE("live keyring: a closed keyring answers vault_sealed") {
  const FixedClock clock{kStart};
  const LiveKeyring live(clock);
  CHECK_FALSE(live.is_open());
  CHECK(code_of(live.current(Purpose::token)) == KeyError::vault_sealed);
  CHECK(code_of(live.find(Purpose::token, 5)) == KeyError::vault_sealed);
  CHECK(code_of(live.find_cached(Purpose::token, 5)) == KeyError::vault_sealed);
  CHECK(code_of(live.usable(Purpose::token)) == KeyError::vault_sealed);
}

TEST_CASE("live keyring: a key in use outlives the close and no new key is given out") {
  Fixture it;
  const KeyHandle held = it.live.current(Purpose::token).value();
  const Bytes before(held->material.expose().begin(), held->material.expose().end());
  it.live.close();
  CHECK(equal_constant_time(held->material.expose(), before));
  CHECK(code_of(it.live.current(Purpose::token)) == KeyError::vault_sealed);
}

TEST_CASE("live keyring: after its cryptoperiod a key opens records but does not seal or sign") {
  Fixture it;
  const KeyId id = it.live.current(Purpose::wallet_records).value()->id;
  it.clock.advance(kYear - Seconds{1});
  CHECK(it.live.current(Purpose::wallet_records).has_value());
  it.clock.advance(Seconds{1});
  for (const Purpose purpose :
       {Purpose::wallet_records, Purpose::pan_wrapping, Purpose::token, Purpose::audit,
        Purpose::receipt_signing, Purpose::channel_signing}) {
    CHECK(code_of(it.live.current(purpose)) == KeyError::key_expired);
  }
  CHECK(it.live.find(Purpose::wallet_records, id).has_value());
}

TEST_CASE("live keyring: index and pepper keys work after their cryptoperiod") {
  Fixture it;
  it.clock.advance(2 * kYear);
  for (const Purpose purpose : {Purpose::pan_fingerprint, Purpose::subject_index, Purpose::pepper,
                                Purpose::request_digest}) {
    CHECK(it.live.current(purpose).has_value());
    CHECK(it.live.usable(purpose).has_value());
  }
}

TEST_CASE(
    "live keyring: if the clock jumps back before the end of the cryptoperiod the key seals "
    "again") {
  Fixture it;
  it.clock.advance(kYear);
  REQUIRE(code_of(it.live.current(Purpose::token)) == KeyError::key_expired);
  it.clock.advance(-Seconds{60});
  CHECK(it.live.current(Purpose::token).has_value());
}

TEST_CASE("live keyring: a key selected by its number signs until its own end") {
  Fixture it;
  const KeyId id = it.live.current(Purpose::channel_signing).value()->id;
  it.clock.advance(Seconds{1});
  auto [keyring, newer] = it.next(Purpose::channel_signing);
  keyring.promote(newer, it.clock.now());
  it.live.install(std::move(keyring));
  CHECK(it.live.for_signing(Purpose::channel_signing, id).value()->id == id);
  CHECK(code_of(it.live.for_signing(Purpose::token, id)) == CryptoError::key_unavailable);
  it.clock.advance(kYear - Seconds{1});
  CHECK(code_of(it.live.for_signing(Purpose::channel_signing, id)) == KeyError::key_expired);
  CHECK(it.live.current(Purpose::channel_signing).value()->id == newer);
}

TEST_CASE("live keyring: a rotation ends the refusal of an expired key") {
  Fixture it;
  it.clock.advance(kYear);
  auto [keyring, id] = it.next(Purpose::token);
  keyring.promote(id, it.clock.now());
  it.live.install(std::move(keyring));
  CHECK(it.live.current(Purpose::token).value()->id == id);
}

TEST_CASE(
    "live keyring: an unknown key of a record triggers one more load and one of a token does not") {
  Fixture it;
  auto [keyring, id] = it.next(Purpose::audit);
  int looks = 0;
  it.live.look_again_with([&, fresh = &keyring] {
    ++looks;
    it.live.install(fresh->clone());
  });
  CHECK(code_of(it.live.find_cached(Purpose::audit, id)) == CryptoError::key_unavailable);
  CHECK(looks == 0);
  CHECK(it.live.find(Purpose::audit, id).has_value());
  CHECK(looks == 1);
  CHECK(it.live.find(Purpose::audit, id).has_value());
  CHECK(looks == 1);
}

TEST_CASE("live keyring: an older generation never replaces a newer one") {
  Fixture it;
  Keyring old = it.live.snapshot()->clone();
  auto [keyring, id] = it.next(Purpose::audit);
  it.live.install(std::move(keyring));
  it.live.install(std::move(old));
  CHECK(it.live.find(Purpose::audit, id).has_value());
}

TEST_CASE("live keyring: a keyring past its lease seals nothing until it is confirmed") {
  Fixture it;
  const KeyId id = it.live.current(Purpose::token).value()->id;
  it.live.set_lease(LiveKeyring::SteadyClock::now());
  CHECK(code_of(it.live.current(Purpose::token)) == CryptoError::key_unavailable);
  CHECK(code_of(it.live.usable(Purpose::subject_index)) == CryptoError::key_unavailable);
  CHECK(it.live.find(Purpose::token, id).has_value());
  it.live.look_again_with([&] { it.live.set_lease(LiveKeyring::SteadyClock::time_point::max()); });
  CHECK(it.live.current(Purpose::token).has_value());
}
