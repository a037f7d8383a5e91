#include "vault/wallet/codec.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/vault/vault_fixture.h"
#include "vault/access/wallet_access.h"
#include "vault/cards/wallet_cards.h"
#include "vault/closing/wallet_closures.h"
#include "vault/wallet/binary.h"

namespace cardvault::test {
namespace {

const auto kOwner = id_of<WalletId>(1);

template <class T>
T any() {
  return *rc::gen::arbitrary<T>();
}

template <class Enum>
Enum any_enum(int first, int last) {
  return static_cast<Enum>(*rc::gen::inRange(first, last + 1));
}

Time any_time() {
  return Time{std::chrono::milliseconds(*rc::gen::inRange<std::int64_t>(0, 1LL << 45))};
}

std::optional<Time> maybe_time() {
  if (any<bool>()) return std::nullopt;
  return any_time();
}

Digest any_digest() {
  Digest digest;
  digest.fill(any<std::uint8_t>());
  return digest;
}

KeyedDigest any_keyed_digest() {
  return {any_digest(), any<KeyId>()};
}

template <class AnyId>
AnyId any_id() {
  return id_of<AnyId>(any<std::uint8_t>());
}

template <class Make>
auto some(Make make) {
  std::vector<decltype(make())> things;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) things.push_back(make());
  return things;
}

Card any_card() {
  return {.id = any_id<CardId>(),
          .fingerprint = any_keyed_digest(),
          .bank_code = any<std::string>(),
          .funding = any_enum<Funding>(0, 3),
          .kind = any_enum<CardVariety>(0, 1),
          .scheme = any_enum<Scheme>(0, 14),
          .luhn_valid = any<bool>(),
          .first6 = any<std::string>(),
          .last4 = any<std::string>(),
          .nickname = any<std::string>(),
          .is_default = any<bool>(),
          .channels = ChannelSet(static_cast<std::uint8_t>(any<std::uint8_t>() & 0x7fU)),
          .bound_at = any_time()};
}

DeviceSalt any_salt() {
  DeviceSalt salt;
  salt.fill(any<std::uint8_t>());
  return salt;
}

Device any_device() {
  const bool has_sim = any<bool>();
  return {.id = any_id<DeviceId>(),
          .name = any<std::string>(),
          .salt = any_salt(),
          .fingerprint = any_digest(),
          .has_sim = has_sim,
          .sim = has_sim ? any_digest() : Digest{},
          .public_key = any<Bytes>(),
          .bound_at = any_time()};
}

Credential any_credential() {
  Credential made;
  made.method = any_enum<UnlockMethod>(1, 2);
  made.pepper = any<KeyId>();
  made.verifier = any<Bytes>();
  made.set_at = any_time();
  made.consecutive_failures = any<std::uint32_t>();
  made.attempts =
      some([] { return Attempts{any_id<DeviceId>(), any<std::uint32_t>(), maybe_time()}; });
  made.in_flight = some([] { return Charge{any_id<ChargeId>(), any_id<DeviceId>(), any_time()}; });
  return made;
}

Closure any_closure() {
  Closure closure{.channel = any_enum<Channel>(0, 6),
                  .state = any_enum<ClosureState>(1, 3),
                  .attempts = any<std::uint32_t>(),
                  .failures = any<std::uint32_t>(),
                  .last_failure = any_enum<CloseFailure>(0, 15),
                  .last_status = any<std::uint16_t>(),
                  .next_attempt_at = maybe_time(),
                  .told_at = maybe_time(),
                  .closed_at = maybe_time()};
  if (closure.closed_at) closure.acknowledgement = any_digest();
  return closure;
}

Deregistration any_deregistration() {
  Deregistration made;
  made.id = any_id<DeregistrationId>();
  made.card = any_id<CardId>();
  made.last4 = any<std::string>();
  made.reason = any<std::string>();
  made.requested_at = any_time();
  made.extent = any_enum<Extent>(1, 2);
  made.deadline = any_time();
  made.deadline_provisional = any<bool>();
  made.overdue_since = maybe_time();
  made.closures = some(any_closure);
  if (any<bool>()) {
    made.receipt = {.key = any<KeyId>(), .issued_at = any_time(), .signature = {}};
    made.receipt->signature.fill(any<std::uint8_t>());
  }
  return made;
}

Wallet any_wallet() {
  Wallet wallet;
  wallet.id = kOwner;
  wallet.subject = any_keyed_digest();
  wallet.subject_text = any<std::string>();
  wallet.locale = any<std::string>();
  wallet.state = any_enum<WalletState>(1, 3);
  wallet.created_at = any_time();
  wallet.epoch = any<std::uint32_t>();
  wallet.list_version = any<std::uint64_t>();
  wallet.cards = some(any_card);
  wallet.devices = some(any_device);
  wallet.credentials = some(any_credential);
  wallet.deregistrations = some(any_deregistration);
  wallet.revoked_tokens = some([] { return RevokedToken{any_id<TokenId>(), any_time()}; });
  wallet.answers = some([] {
    return RememberedAnswer{any_keyed_digest(), any_digest(), any_time(), any<std::string>(),
                            any<std::string>()};
  });
  wallet.audit = {any<std::uint64_t>(), any_digest()};
  return wallet;
}

/// An ordinary wallet: five cards, two devices, both credentials, a failed attempt and one in
/// flight, a deregistration, a revoked token and a remembered answer.
Wallet rich_wallet() {
  const Time now{std::chrono::seconds{1'795'000'000}};
  Wallet wallet;
  wallet.id = kOwner;
  wallet.subject = {digest_of("subject"), 4};
  wallet.subject_text = "user-0001";
  wallet.created_at = now;
  for (std::uint8_t n = 1; n <= 6; ++n) {
    const KeyedDigest number{digest_of("card " + std::to_string(n)), 3};
    REQUIRE(add_card(wallet,
                     {.id = id_of<CardId>(n),
                      .fingerprint = number,
                      .bank_code = "BOCOM",
                      .funding = Funding::debit,
                      .scheme = Scheme::unionpay,
                      .first6 = "622609",
                      .last4 = "0048",
                      .nickname = "工资卡",
                      .channels = {Channel::wechat_pay},
                      .bound_at = now},
                     KeyedDigests({number})));
  }
  for (std::uint8_t n = 1; n <= 2; ++n) {
    wallet.devices.push_back({.id = id_of<DeviceId>(n),
                              .name = "Huawei Mate 60",
                              .salt = {n},
                              .fingerprint = digest_of("device " + std::to_string(n)),
                              .has_sim = true,
                              .sim = digest_of("sim"),
                              .public_key = Bytes(32, 7),
                              .bound_at = now});
  }
  for (const UnlockMethod method : kUnlockMethods) {
    put_credential(
        wallet,
        {.method = method, .pepper = 6, .verifier = Bytes(57, 9), .set_at = now, .attempts = {}});
  }
  Credential& password = wallet.credentials.front();
  for (std::uint8_t n = 1; n <= 2; ++n) {
    REQUIRE(password.begin_try({id_of<ChargeId>(n), id_of<DeviceId>(1), now}));
  }
  REQUIRE(password.fail_try(id_of<ChargeId>(1), now).attempts_left == 4);
  Deregistration ending;
  ending.id = id_of<DeregistrationId>(6);
  ending.card = id_of<CardId>(6);
  ending.reason = "lost";
  ending.requested_at = now;
  const auto ended = end_card(wallet, ending);
  REQUIRE(ended);
  (*ended)->closures = {{.channel = Channel::alipay}, {.channel = Channel::wearable}};
  (*ended)->closures[0].fail(CloseFailure::http_status, 503, now + Seconds{5});
  (*ended)->closures[1].close(now, digest_of("answer"));
  revoke_token(wallet, id_of<TokenId>(1), now + Seconds{60}, now);
  wallet.answers.push_back({.key = {digest_of("key"), 8},
                            .request = digest_of("request"),
                            .at = now,
                            .body = std::string(300, 'x'),
                            .location = "/v1/wallets/w/cards/c"});
  wallet.audit = {21, digest_of("link")};
  return wallet;
}

}  // namespace

TEST_CASE("wallet codec: any wallet round-trips") {
  CHECK(rc::check([] {
    const Wallet wallet = any_wallet();
    const auto decoded = decode_wallet(kOwner, encode_wallet(wallet));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(*decoded == wallet);
  }));
}

TEST_CASE("wallet codec: an empty wallet and an ordinary one round-trip") {
  Wallet empty;
  empty.id = kOwner;
  CHECK(decode_wallet(kOwner, encode_wallet(empty)) == empty);
  const Wallet rich = rich_wallet();
  CHECK(decode_wallet(kOwner, encode_wallet(rich)) == rich);
}

TEST_CASE("wallet codec: truncated and longer bytes are record_corrupt") {
  Bytes bytes = encode_wallet(rich_wallet());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    if (const auto decoded = decode_wallet(kOwner, cut); code_of(decoded) != "record_corrupt") {
      FAIL_CHECK("decoded from " << length << " bytes");
    }
  }
  bytes.push_back(0);
  CHECK(code_of(decode_wallet(kOwner, bytes)) == "record_corrupt");
}

TEST_CASE("wallet codec: no changed byte decodes to the same wallet or to a second spelling") {
  const Wallet rich = rich_wallet();
  const Bytes bytes = encode_wallet(rich);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (unsigned mask = 1; mask < 256; mask = mask < 128 ? mask * 2 : mask + 127) {
      Bytes changed = bytes;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ mask);
      const auto decoded = decode_wallet(kOwner, changed);
      if (decoded && (*decoded == rich || encode_wallet(*decoded) != changed)) {
        FAIL_CHECK("byte " << at << " changed by " << mask << " decodes to another's spelling");
      }
    }
  }
}

TEST_CASE("wallet codec: decodable random bytes are equal to their encoding") {
  CHECK(rc::check([] {
    auto bytes = any<Bytes>();
    bytes.insert(bytes.begin(), 4);
    const auto decoded = decode_wallet(kOwner, bytes);
    const bool as_written = !decoded || encode_wallet(*decoded) == bytes;
    RC_ASSERT(as_written);
  }));
}

TEST_CASE("wallet codec: a length beyond the end of the bytes is record_corrupt") {
  const Bytes head = encode_wallet(Wallet{});
  const std::size_t last_number = head.size() - sizeof(Digest) - 1;
  for (std::size_t at = 1; at <= last_number; ++at) {
    Bytes bytes(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(at));
    bytes.insert(bytes.end(), 9, 0xff);
    bytes.push_back(1);
    CHECK(code_of(decode_wallet(kOwner, bytes)) == "record_corrupt");
  }
}

TEST_CASE("wallet codec: another layout number is record_corrupt and named only to the operator") {
  Bytes bytes = encode_wallet(rich_wallet());
  for (const std::uint8_t layout : Bytes{0, 1, 2, 3, 4, 6, 127}) {
    bytes[0] = layout;
    const auto decoded = decode_wallet(kOwner, bytes);
    REQUIRE(code_of(decoded) == "record_corrupt");
    CHECK(decoded.error().inside.text.contains("layout " + std::to_string(layout) + ","));
    CHECK(decoded.error().detail.find("layout") == std::string::npos);
  }
}

TEST_CASE("binary: a time outside the years up to 9999 is damage") {
  constexpr std::int64_t kLatest = 253'402'300'799'999;
  const auto reads = [](std::uint64_t number) {
    BinaryWriter out;
    out.number(number);
    const Bytes bytes = out.take();
    BinaryReader in(bytes);
    const Time time = in.time();
    const bool as_written = static_cast<std::uint64_t>(time.time_since_epoch().count()) == number;
    return in.finished() && as_written;
  };
  for (const std::int64_t ms : {std::int64_t{0}, std::int64_t{-1}, kLatest, -kLatest}) {
    CAPTURE(ms);
    CHECK(reads(static_cast<std::uint64_t>(ms)));
  }
  for (const std::int64_t ms : {kLatest + 1, -kLatest - 1, INT64_MAX, INT64_MIN}) {
    CAPTURE(ms);
    CHECK_FALSE(reads(static_cast<std::uint64_t>(ms)));
  }
}

TEST_CASE("wallet codec: an ordinary wallet of five cards takes less than 3 KB") {
  const auto size = encode_wallet(rich_wallet()).size();
  CAPTURE(size);
  CHECK(size < 3000);
  CHECK(size > 500);
}

}  // namespace cardvault::test
