#include "crypto/keys/seals/shamir_seal.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "crypto/aead.h"
#include "crypto/keys/seals/root_key.h"

namespace cardvault {
namespace {

constexpr std::uint8_t kShamirFormat = 1;
constexpr std::string_view kShamirLabel = "cardvault shamir seal, format 1";
constexpr std::size_t kIdAt = 1;
constexpr std::size_t kThresholdAt = 9;
constexpr std::size_t kSharesAt = 10;
constexpr std::size_t kNamesAt = 11;
constexpr std::size_t kBoxSize = kAeadOverhead + kAeadKeySize;

static_assert(kNamesAt + shamir::kMostPoints * (1 + kLongestCustodianName) + kBoxSize <=
              kLongestWrappedKey);
static_assert(kSharedRootSize == kAeadKeySize);

Status check_numbers(std::uint32_t threshold, std::uint32_t shares) {
  if (shares < 2 || shares > shamir::kMostPoints) {
    return fail(invalid_field("shares", "out_of_range"));
  }
  if (threshold < 2 || threshold > shares) return fail(invalid_field("threshold", "out_of_range"));
  return {};
}

Status check_custodians(const std::vector<std::string>& names, std::size_t shares) {
  const auto refused = [](const char* reason) { return fail(invalid_field("custodians", reason)); };
  if (names.size() != shares) return refused("out_of_range");
  for (const std::string& name : names) {
    if (name.empty()) return refused("too_short");
    if (name.size() > kLongestCustodianName) return refused("too_long");
    if (!is_printable_utf8(name)) return refused("control_characters");
  }
  if (std::set(names.begin(), names.end()).size() != shares) return refused("duplicate");
  return {};
}

std::vector<std::string> numbered_custodians(std::uint32_t count) {
  std::vector<std::string> names;
  names.reserve(count);
  for (std::uint32_t i = 1; i <= count; ++i) names.push_back("custodian " + std::to_string(i));
  return names;
}

Bytes head_of(const Ceremony& ceremony) {
  Bytes head{kShamirFormat};
  head.insert(head.end(), ceremony.id.begin(), ceremony.id.end());
  head.push_back(ceremony.threshold);
  head.push_back(ceremony.shares);
  for (const std::string& name : ceremony.custodians) {
    head.push_back(static_cast<std::uint8_t>(name.size()));
    head.insert(head.end(), name.begin(), name.end());
  }
  return head;
}

std::optional<std::string> take_name(ByteView& rest) {
  if (rest.empty() || rest.size() - 1 < rest[0]) return std::nullopt;
  const ByteView name = rest.subspan(1, rest[0]);
  rest = rest.subspan(1 + name.size());
  return std::string(as_text(name));
}

std::optional<Ceremony> read_ceremony(ByteView wrapped) {
  if (wrapped.size() < kNamesAt || wrapped[0] != kShamirFormat) return std::nullopt;
  Ceremony ceremony;
  std::ranges::copy(wrapped.subspan(kIdAt, ceremony.id.size()), ceremony.id.begin());
  ceremony.threshold = wrapped[kThresholdAt];
  ceremony.shares = wrapped[kSharesAt];
  ByteView rest = wrapped.subspan(kNamesAt);
  while (ceremony.custodians.size() < ceremony.shares) {
    auto name = take_name(rest);
    if (!name) return std::nullopt;
    ceremony.custodians.push_back(std::move(*name));
  }
  if (rest.size() != kBoxSize) return std::nullopt;
  if (!ceremony.check()) return std::nullopt;
  return ceremony;
}

}  // namespace

Result<Ceremony> Ceremony::make(std::uint32_t threshold, std::uint32_t shares,
                                std::vector<std::string> custodians, RandomSource& random) {
  // This check comes before the numbers are narrowed to 8 bits.
  if (Status sound = check_numbers(threshold, shares); !sound) return fail(sound.error());
  if (custodians.empty()) custodians = numbered_custodians(shares);
  Ceremony ceremony{.threshold = static_cast<std::uint8_t>(threshold),
                    .shares = static_cast<std::uint8_t>(shares),
                    .custodians = std::move(custodians)};
  random.fill(ceremony.id);
  if (Status sound = ceremony.check(); !sound) return fail(sound.error());
  return ceremony;
}

Status Ceremony::check() const {
  if (Status sound = check_numbers(threshold, shares); !sound) return sound;
  return check_custodians(custodians, shares);
}

ShamirSeal::ShamirSeal(Ceremony ceremony, SecretBytes root, RandomSource& random)
    : ceremony_(std::move(ceremony)), root_(std::move(root)), random_(random) {}

Result<Bytes> ShamirSeal::wrap(const SecretBytes& key) {
  return wrap_under_root(root_.expose(), kShamirLabel, head_of(ceremony_), key, random_);
}

Result<SecretBytes> ShamirSeal::unwrap(ByteView wrapped) {
  TRY_VALUE(const auto stored, ceremony_of(wrapped));
  if (stored != ceremony_) {
    return fail(ErrorCode::record_corrupt, "The stored key belongs to another ceremony.",
                OperatorText{"shamir seal: another ceremony"});
  }
  return unwrap_under_root(root_.expose(), kShamirLabel, wrapped.size() - kBoxSize, wrapped);
}

Result<Ceremony> ShamirSeal::ceremony_of(ByteView wrapped) {
  auto ceremony = read_ceremony(wrapped);
  if (ceremony) return std::move(*ceremony);
  return fail(ErrorCode::record_corrupt,
              "The stored key is damaged or was not sealed by shares of custodians.",
              OperatorText{"shamir seal: not well-formed"});
}

std::vector<Share> split_root(const Ceremony& ceremony, ByteView root, RandomSource& random) {
  std::vector<Share> shares;
  shares.reserve(ceremony.shares);
  for (auto& point : shamir::split(root, ceremony.threshold, ceremony.shares, random)) {
    shares.push_back({ceremony.id, ceremony.threshold, ceremony.shares, std::move(point)});
  }
  return shares;
}

}  // namespace cardvault
