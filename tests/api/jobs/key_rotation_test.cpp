#include "api/jobs/key_rotation.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "crypto/keys/cryptoperiod.h"
#include "tests/api/jobs/key_server.h"

using namespace cardvault;
using namespace cardvault::api;
using namespace cardvault::test;

namespace {

constexpr Seconds kDay = std::chrono::hours{24};
constexpr Seconds kYear = 365 * kDay;
constexpr Seconds kDueAfter = kYear - kYear / 10;
constexpr std::ptrdiff_t kRenewed = std::ranges::count_if(kPurposes, [](Purpose purpose) {
  return purpose != Purpose::pan_fingerprint && purpose != Purpose::subject_index &&
         purpose != Purpose::pepper && purpose != Purpose::request_digest;
});

/// The only server of its store, with one wallet.
struct Alone : Shared {
  Process process{*this, "mark", std::nullopt};
  std::optional<Server> server;
  std::optional<KeyRotation> rotation;

  explicit Alone(KeyRotation::Mode mode = KeyRotation::Mode::automatic) {
    REQUIRE(process.keeper.create(seal, 0).has_value());
    server.emplace(*this, process);
    rotation.emplace(process.live, process.keeper, server->jobs, clock, mode);
    REQUIRE(server->create_wallet_of("user-1") == "ok");
  }
  [[nodiscard]] std::ptrdiff_t keys_in(KeyState state) const {
    return std::ranges::count_if(process.live.snapshot()->keys(),
                                 [&](const auto& entry) { return entry.second.state == state; });
  }
  [[nodiscard]] KeyState state_of(KeyId id) const {
    return process.live.snapshot()->keys().at(id).state;
  }
};

constexpr auto kKeys = static_cast<std::ptrdiff_t>(kPurposes.size());

}  // namespace

TEST_CASE("key rotation: keys that seal or sign are renewed when a tenth of their life is left") {
  Alone alone;
  alone.clock.advance(kDueAfter - Seconds{1});
  alone.rotation->look();
  CHECK(alone.keys_in(KeyState::enabled) == kKeys);
  alone.clock.advance(Seconds{1});
  alone.rotation->look();
  CHECK(alone.keys_in(KeyState::enabled) == kKeys + kRenewed);
  alone.rotation->look();
  CHECK(alone.keys_in(KeyState::enabled) == kKeys + kRenewed);
  for (const Purpose purpose : kPurposes) {
    CHECK(alone.server->current(purpose) > (seals_or_signs(purpose) ? kPurposes.size() : 0));
  }
}

TEST_CASE("key rotation: in manual mode no key is renewed and sealing keys expire") {
  Alone alone(KeyRotation::Mode::manual);
  alone.clock.advance(kYear);
  alone.rotation->look();
  CHECK(alone.keys_in(KeyState::enabled) == kKeys);
  CHECK(code_of(alone.process.live.current(Purpose::token)) == "key_expired");
}

TEST_CASE(
    "key rotation: after a jump past the end of its keys a server renews before the first change") {
  Alone alone;
  alone.clock.advance(2 * kYear);
  CHECK(alone.server->create_wallet_of("user-2") == "ok");
  CHECK(alone.keys_in(KeyState::enabled) == kKeys + kRenewed);
}

TEST_CASE("key rotation: a key made while the clock was far ahead is due once the clock is right") {
  Alone alone;
  alone.clock.advance(10 * kYear);
  alone.rotation->look();
  alone.clock.advance(-10 * kYear);
  CHECK(is_due(*alone.process.live.snapshot(), Purpose::token, alone.clock.now()));
}

TEST_CASE("key rotation: old keys are destroyed after a day and channel keys after a month") {
  Alone alone;
  const KeyId channels = alone.server->current(Purpose::channel_signing);
  const KeyId receipts = alone.server->current(Purpose::receipt_signing);
  alone.clock.advance(kDueAfter);
  alone.rotation->look();
  alone.clock.advance(kDay - Seconds{1});
  alone.rotation->look();
  CHECK(alone.keys_in(KeyState::destroyed) == 0);
  alone.clock.advance(Seconds{1});
  alone.rotation->look();
  CHECK(alone.server->job().at("job") == "retire");
  CHECK(alone.server->job().at("state") == "done");
  CHECK(alone.server->job().at("rewrapped") == 1);
  CHECK(alone.keys_in(KeyState::destroyed) == kRenewed - 2);
  CHECK(alone.state_of(channels) == KeyState::enabled);
  alone.clock.advance(29 * kDay);
  alone.rotation->look();
  CHECK(alone.keys_in(KeyState::destroyed) == kRenewed - 1);
  CHECK(alone.state_of(channels) == KeyState::destroyed);
  CHECK(alone.state_of(receipts) == KeyState::enabled);
  CHECK(alone.server->create_wallet_of("user-1") == "ok");
}

TEST_CASE("key rotation: a key still needed by a record stays and the next check is a day later") {
  Alone alone;
  const KeyId old = alone.server->current(Purpose::wallet_records);
  alone.clock.advance(kDueAfter);
  alone.rotation->look();
  alone.clock.advance(kDay);
  alone.process.store.on_load = [](StoredWallet& stored) { stored.record = {}; };
  alone.rotation->look();
  CHECK(alone.server->job().at("state") == "done");
  CHECK(alone.server->job().at("unreadable") == 1);
  CHECK(alone.state_of(old) == KeyState::enabled);
  alone.process.store.on_load = {};
  alone.clock.advance(kDay - Seconds{60});
  alone.rotation->look();
  CHECK(alone.server->job().at("number") == 1);
  alone.clock.advance(Seconds{60});
  alone.rotation->look();
  CHECK(alone.state_of(old) == KeyState::destroyed);
}
