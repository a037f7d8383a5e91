#include "crypto/keys/cryptoperiod.h"

#include <catch2/catch_test_macros.hpp>
#include <utility>

#include "base/manual_clock.h"
#include "crypto/random.h"

using namespace cardvault;

namespace {

constexpr Seconds kDay = std::chrono::hours{24};
constexpr Seconds kYear = 365 * kDay;
const Time kStart{std::chrono::milliseconds{1'795'420'800'123}};

struct Fixture {
  SystemRandom random;
  FixedClock base{kStart};
  AdjustableClock clock{base};
  LiveKeyring live{Keyring::generate(kStart, random), clock};

  /// Installs the next keyring, with one more key, which waits for promotion.
  KeyId add(Purpose purpose) {
    Keyring keyring = live.snapshot()->clone();
    const KeyId id = keyring.add(purpose, clock.now(), random).value();
    live.install(std::move(keyring));
    return id;
  }
  void promote(KeyId id) {
    Keyring keyring = live.snapshot()->clone();
    keyring.promote(id, clock.now());
    live.install(std::move(keyring));
  }
  [[nodiscard]] std::vector<KeyId> signer_ids(std::size_t most, std::optional<KeyId> also = {}) {
    std::vector<KeyId> ids;
    const auto keys = signers(live, Purpose::channel_signing, clock.now(), most, also);
    for (const KeyHandle& key : keys.value()) ids.push_back(key->id);
    return ids;
  }
  [[nodiscard]] bool due(Purpose purpose) const {
    return is_due(*live.snapshot(), purpose, clock.now());
  }
};

template <class T>
std::string_view code_of(const Result<T>& outcome) {
  return outcome ? "ok" : outcome.error().code.name;
}

}  // namespace

TEST_CASE("cryptoperiod: a key is due in the last tenth of its year until a successor waits") {
  Fixture it;
  it.clock.advance(kYear - kYear / 10 - Seconds{1});
  CHECK_FALSE(it.due(Purpose::token));
  it.clock.advance(Seconds{1});
  CHECK(it.due(Purpose::token));
  CHECK(it.due(Purpose::pepper));
  const KeyId next = it.add(Purpose::token);
  CHECK_FALSE(it.due(Purpose::token));
  it.promote(next);
  CHECK_FALSE(it.due(Purpose::token));
  CHECK(it.due(Purpose::pepper));
}

TEST_CASE("cryptoperiod: a key promoted more than a day in the future is due") {
  Fixture it;
  it.clock.advance(-kDay);
  CHECK_FALSE(it.due(Purpose::token));
  it.clock.advance(-Seconds{1});
  CHECK(it.due(Purpose::token));
}

TEST_CASE("cryptoperiod: a message is signed by the new key and by keys that may still sign") {
  Fixture it;
  const KeyId old = it.live.current(Purpose::channel_signing).value()->id;
  it.clock.advance(Seconds{1});
  const KeyId newer = it.add(Purpose::channel_signing);
  CHECK(it.signer_ids(4) == std::vector{old});
  it.promote(newer);
  CHECK(it.signer_ids(4) == std::vector{newer, old});
  CHECK(it.signer_ids(1) == std::vector{newer});
  CHECK(it.signer_ids(1, old) == std::vector{newer, old});
  const KeyId other = it.live.current(Purpose::token).value()->id;
  for (const KeyId unusable : {other, KeyId{4711}}) {
    CHECK(code_of(signers(it.live, Purpose::channel_signing, it.clock.now(), 4, unusable)) ==
          "key_unavailable");
  }
  it.clock.advance(kYear - Seconds{1});
  CHECK(it.signer_ids(4) == std::vector{newer});
  CHECK(it.signer_ids(4, old) == std::vector{newer});
}

TEST_CASE("cryptoperiod: a disabled key signs nothing") {
  Fixture it;
  const KeyId old = it.live.current(Purpose::channel_signing).value()->id;
  it.promote(it.add(Purpose::channel_signing));
  Keyring keyring = it.live.snapshot()->clone();
  REQUIRE(keyring.set_state(old, KeyState::disabled, it.clock.now()).has_value());
  it.live.install(std::move(keyring));
  CHECK(it.signer_ids(4).size() == 1);
}

TEST_CASE("cryptoperiod: before a sealing key is refused as expired the keyring is loaded again") {
  Fixture it;
  int looks = 0;
  it.live.look_again_with([&] {
    if (++looks == 2) it.promote(it.add(Purpose::token));
  });
  CHECK(code_of(it.live.current(Purpose::token)) == "ok");
  it.clock.advance(kYear);
  CHECK(code_of(it.live.current(Purpose::pepper)) == "ok");
  CHECK(looks == 0);
  CHECK(code_of(it.live.current(Purpose::token)) == "key_expired");
  CHECK(code_of(it.live.current(Purpose::token)) == "ok");
  CHECK(code_of(it.live.current(Purpose::token)) == "ok");
  CHECK(looks == 2);
}

TEST_CASE("cryptoperiod: an expired key works while its successor waits for promotion") {
  Fixture it;
  const KeyId old = it.live.current(Purpose::token).value()->id;
  it.clock.advance(kYear);
  REQUIRE(code_of(it.live.current(Purpose::token)) == "key_expired");
  const KeyId newer = it.add(Purpose::token);
  CHECK(it.live.current(Purpose::token).value()->id == old);
  CHECK(code_of(it.live.current(Purpose::audit)) == "key_expired");
  it.promote(newer);
  CHECK(it.live.current(Purpose::token).value()->id == newer);
}
