#include "crypto/keys/seals/shamir_seal.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/random.h"
#include "tests/crypto/keys/seals/seal_bytes.h"

using namespace cardvault;
using namespace cardvault::test;

namespace {

using Names = std::vector<std::string>;

SystemRandom system_random;

Ceremony ceremony(std::uint32_t threshold, std::uint32_t shares, Names names = {}) {
  return Ceremony::make(threshold, shares, std::move(names), system_random).value();
}

const Names kThree{"Ada", "Zoë", "the safe"};

std::string refusal(std::uint32_t threshold, std::uint32_t shares, Names names = {}) {
  const auto made = Ceremony::make(threshold, shares, std::move(names), system_random);
  if (made || made.error().code != ErrorCode::invalid_request) return {};
  return made.error().fields.at(0).field + " " + made.error().fields.at(0).reason;
}

SecretBytes some_root() {
  return SecretBytes::random(kSharedRootSize, system_random);
}

Bytes wrapped_by(const Ceremony& of) {
  return ShamirSeal(of, some_root(), system_random).wrap(some_key()).value();
}

/// A wrapped key with this head, as a hostile store could forge it.
Bytes with_head(ByteView head) {
  Bytes bytes(head.begin(), head.end());
  bytes.resize(bytes.size() + kAeadOverhead + kAeadKeySize);
  return bytes;
}

Bytes head_of(std::uint8_t threshold, std::uint8_t shares, const Names& names) {
  Bytes head{1, 1, 2, 3, 4, 5, 6, 7, 8, threshold, shares};
  for (const std::string& name : names) {
    head.push_back(static_cast<std::uint8_t>(name.size()));
    head.insert(head.end(), name.begin(), name.end());
  }
  return head;
}

}  // namespace

TEST_CASE("ceremony: custodians have given names or numbers") {
  CHECK(ceremony(2, 3).custodians == Names{"custodian 1", "custodian 2", "custodian 3"});
  CHECK(ceremony(2, 3, kThree).custodians == kThree);
  CHECK(ceremony(2, 3).id != ceremony(2, 3).id);
  CHECK(refusal(2, 3, {"Ada", "Zoë"}) == "custodians out_of_range");
  CHECK(refusal(2, 2, kThree) == "custodians out_of_range");
  CHECK(refusal(2, 2, {"Ada", ""}) == "custodians too_short");
  CHECK(refusal(2, 2, {"Ada", "Ada"}) == "custodians duplicate");
  CHECK(refusal(2, 2, {"Ada", "Z\no"}) == "custodians control_characters");
  CHECK(refusal(2, 2, {"Ada", "Z\xffo"}) == "custodians control_characters");
  CHECK(refusal(2, 2, {"Ada", std::string(65, 'z')}) == "custodians too_long");
  CHECK(refusal(2, 2, {"Ada", std::string(64, 'z')}).empty());
}

TEST_CASE("ceremony: two to sixteen shares are allowed with a threshold from two to all") {
  CHECK(refusal(2, 1) == "shares out_of_range");
  CHECK(refusal(2, 17) == "shares out_of_range");
  CHECK(refusal(258, 258) == "shares out_of_range");
  CHECK(refusal(0, 0) == "shares out_of_range");
  CHECK(refusal(0, 3) == "threshold out_of_range");
  CHECK(refusal(1, 3) == "threshold out_of_range");
  CHECK(refusal(4, 3) == "threshold out_of_range");
  CHECK(refusal(258, 3) == "threshold out_of_range");
  CHECK(refusal(2, 2).empty());
  CHECK(refusal(16, 16).empty());
}

TEST_CASE("shamir seal: a wrapped key unwraps with its root and shows nothing of the key") {
  const Ceremony made = ceremony(2, 3, kThree);
  ShamirSeal seal(made, some_root(), system_random);
  const Bytes wrapped = seal.wrap(some_key()).value();
  CHECK(is_some_key(seal.unwrap(wrapped)));
  CHECK_FALSE(shows_key(wrapped));
  CHECK(wrapped != seal.wrap(some_key()).value());
  CHECK(seal.kind() == SealKind::shamir);
  CHECK(seal.ceremony() == made);
}

TEST_CASE("shamir seal: a wrapped key names its ceremony without any share") {
  const Ceremony made = ceremony(2, 3, kThree);
  CHECK(ShamirSeal::ceremony_of(wrapped_by(made)).value() == made);
}

TEST_CASE("shamir seal: the largest ceremony fits into the stored size limit") {
  Names names;
  for (char c = 'a'; c < 'a' + 16; ++c) names.emplace_back(64, c);
  const Ceremony made = ceremony(16, 16, names);
  const Bytes wrapped = wrapped_by(made);
  CHECK(wrapped.size() <= kLongestWrappedKey);
  CHECK(ShamirSeal::ceremony_of(wrapped).value() == made);
}

TEST_CASE("shamir seal: as many shares as the threshold give the root and one fewer does not") {
  CHECK(rc::check("subsets", [] {
    const auto shares = *rc::gen::inRange<std::uint32_t>(2, 17);
    const auto threshold = *rc::gen::inRange<std::uint32_t>(2, shares + 1);
    const Ceremony made = ceremony(threshold, shares);
    const SecretBytes root = some_root();
    std::vector<shamir::Point> points;
    for (Share& share : split_root(made, root.expose(), system_random)) {
      RC_ASSERT(share.ceremony == made.id);
      RC_ASSERT(share.threshold == threshold && share.shares == shares);
      points.push_back(std::move(share.point));
    }
    RC_ASSERT(points.size() == shares);
    const auto first = *rc::gen::inRange<std::uint32_t>(0, shares - threshold + 1);
    const auto some = std::span(points).subspan(first, threshold);
    RC_ASSERT(equal_constant_time(shamir::combine(some).expose(), root.expose()));
    const auto too_few = some.first(threshold - 1);
    RC_ASSERT(!equal_constant_time(shamir::combine(too_few).expose(), root.expose()));
  }));
}

TEST_CASE("shamir seal: another root does not unwrap a key") {
  const Ceremony made = ceremony(2, 3);
  CHECK(corrupt(ShamirSeal(made, some_root(), system_random).unwrap(wrapped_by(made))));
}

TEST_CASE("shamir seal: with the right root a key that names another ceremony is refused") {
  const SecretBytes root = some_root();
  ShamirSeal seal(ceremony(2, 3), root.clone(), system_random);
  ShamirSeal other(ceremony(2, 3), root.clone(), system_random);
  CHECK(corrupt(seal.unwrap(other.wrap(some_key()).value())));
}

TEST_CASE("shamir seal: a wrapped key with a renamed custodian is corrupt") {
  const SecretBytes root = some_root();
  Ceremony made = ceremony(2, 3, kThree);
  Bytes wrapped = ShamirSeal(made, root.clone(), system_random).wrap(some_key()).value();
  wrapped[12] = 'E';
  made.custodians[0] = "Eda";
  REQUIRE(ShamirSeal::ceremony_of(wrapped).value() == made);
  CHECK(corrupt(ShamirSeal(made, root.clone(), system_random).unwrap(wrapped)));
}

TEST_CASE("shamir seal: a wrapped key that is cut or has a flipped bit is corrupt") {
  ShamirSeal seal(ceremony(2, 3, kThree), some_root(), system_random);
  const Bytes wrapped = seal.wrap(some_key()).value();
  CHECK(opened_when_cut(seal, wrapped) == 0);
  CHECK(opened_when_flipped(seal, wrapped) == 0);
}

TEST_CASE("shamir seal: a ceremony cut at any length is corrupt") {
  const Bytes wrapped = wrapped_by(ceremony(2, 3, kThree));
  for (std::size_t size = 0; size < wrapped.size(); ++size) {
    CHECK(corrupt(ShamirSeal::ceremony_of(
        Bytes(wrapped.begin(), wrapped.begin() + static_cast<std::ptrdiff_t>(size)))));
  }
}

TEST_CASE("shamir seal: a ceremony with a flipped bit is corrupt or within the limits") {
  const Bytes wrapped = wrapped_by(ceremony(2, 3, kThree));
  for (std::size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
    const auto read = ShamirSeal::ceremony_of(flipped(wrapped, bit));
    if (corrupt(read)) continue;
    CHECK(refusal(read->threshold, read->shares, read->custodians).empty());
  }
}

TEST_CASE("shamir seal: a ceremony outside the limits is corrupt") {
  REQUIRE(ShamirSeal::ceremony_of(with_head(head_of(2, 3, kThree))).has_value());
  const Names seventeen(17, "a");
  for (const Bytes& head :
       {head_of(1, 3, kThree), head_of(4, 3, kThree), head_of(2, 1, {"Ada"}), head_of(0, 0, {}),
        head_of(2, 17, seventeen), head_of(255, 255, Names(255, "a")), head_of(2, 3, {"a", "b"}),
        head_of(2, 2, kThree), head_of(2, 2, {"Ada", "Ada"}), head_of(2, 2, {"Ada", ""}),
        head_of(2, 2, {"Ada", "\x1b[2J"}), head_of(2, 2, {"Ada", std::string(65, 'z')})}) {
    CAPTURE(to_hex(head));
    CHECK(corrupt(ShamirSeal::ceremony_of(with_head(head))));
  }
}
