#include "crypto/keys/seals/share.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "crypto/keyed_hash.h"
#include "crypto/keys/error_codes.h"
#include "crypto/keys/seals/share_words.h"

namespace cardvault {
namespace {

constexpr std::string_view kPrefix = "cvs1";
constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kNumbersAt = 8;
constexpr std::size_t kIndexAt = 9;  // the check begins in the middle of this byte
constexpr std::size_t kCheckAt = 10;
constexpr std::size_t kValueAt = 13;
constexpr std::size_t kPackedSize = kValueAt + kSharedRootSize;
constexpr std::size_t kDigitCount = kPackedSize * 8 / 5;
constexpr std::size_t kGroupSize = 4;
constexpr std::size_t kLongestText =
    kPrefix.size() + kDigitCount + kDigitCount / kGroupSize + 1 + kLongestShareWord;
// Room for a separator around every character, and more. It bounds the work and not the typist.
constexpr std::size_t kLongestTyped = 512;

/// Overwrites the check with the right one; returns the number of the word.
std::uint8_t stamp(std::span<std::uint8_t> packed) {
  packed[kIndexAt] &= 0xf0U;
  std::ranges::fill(packed.subspan(kCheckAt, 3), std::uint8_t{0});
  Digest digest = plain_hash(packed);
  packed[kIndexAt] = static_cast<std::uint8_t>(packed[kIndexAt] | (digest[0] & 0x0fU));
  std::copy_n(digest.begin() + 1, 3, packed.begin() + kCheckAt);
  const std::uint8_t word = digest[4];
  wipe(digest);
  return word;
}

SecretBytes pack(const Share& share) {
  SecretBytes packed(kPackedSize);
  const auto out = packed.expose_mutable();
  std::ranges::copy(share.ceremony, out.begin());
  const unsigned numbers = ((share.threshold - 1U) << 4U) | (share.shares - 1U);
  out[kNumbersAt] = static_cast<std::uint8_t>(numbers);
  out[kIndexAt] = static_cast<std::uint8_t>((share.point.x - 1U) << 4U);
  std::ranges::copy(share.point.y.expose(), out.begin() + kValueAt);
  return packed;
}

std::optional<Share> unpack(ByteView packed) {
  Share share;
  std::copy_n(packed.begin(), share.ceremony.size(), share.ceremony.begin());
  share.threshold = static_cast<std::uint8_t>((packed[kNumbersAt] >> 4U) + 1);
  share.shares = static_cast<std::uint8_t>((packed[kNumbersAt] & 0x0fU) + 1);
  share.point.x = static_cast<std::uint8_t>((packed[kIndexAt] >> 4U) + 1);
  share.point.y = SecretBytes::copy_of(packed.subspan(kValueAt));
  const bool possible =
      share.threshold >= 2 && share.threshold <= share.shares && share.point.x <= share.shares;
  if (!possible) return std::nullopt;
  return share;
}

char digit_at(ByteView packed, std::size_t number) {
  const std::size_t bit = number * 5;
  const std::size_t at = bit / 8;
  const unsigned next = at + 1 < packed.size() ? packed[at + 1] : 0U;
  const unsigned both = (unsigned{packed[at]} << 8U) | next;
  return kDigits[(both >> (11U - bit % 8)) & 0x1fU];
}

std::optional<unsigned> digit_value(char digit) {
  if (digit == 'O') return 0U;
  if (digit == 'I' || digit == 'L') return 1U;
  const std::size_t value = kDigits.find(digit);
  if (value == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(value);
}

SecretBytes read_digits(std::string_view digits) {
  SecretBytes packed(kPackedSize);
  auto out = packed.expose_mutable().begin();
  unsigned bits = 0;
  unsigned held = 0;
  for (const char digit : digits) {
    const auto value = digit_value(digit);
    if (!value) return {};
    bits = ((bits << 5U) | *value) & 0xfffU;
    held += 5;
    if (held < 8) continue;
    held -= 8;
    *out++ = static_cast<std::uint8_t>(bits >> held);
  }
  return packed;
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

SecretText without_separators(std::string_view typed) {
  std::string compact;
  compact.reserve(typed.size());
  for (const char c : typed) {
    if (std::string_view(" -\t\r\n").find(c) == std::string_view::npos) compact += upper(c);
  }
  SecretText kept(compact);
  wipe(compact);
  return kept;
}

bool begins_as_a_share(std::string_view compact) {
  return compact.starts_with("CVS") && digit_value(compact[3]) == 1U;
}

std::optional<Share> read(std::string_view compact) {
  if (compact.size() <= kPrefix.size() + kDigitCount) return std::nullopt;
  if (!begins_as_a_share(compact)) return std::nullopt;
  const SecretBytes packed = read_digits(compact.substr(kPrefix.size(), kDigitCount));
  if (packed.empty()) return std::nullopt;
  SecretBytes right = packed.clone();
  const std::string_view word = share_word(stamp(right.expose_mutable()));
  const std::string_view typed_word = compact.substr(kPrefix.size() + kDigitCount);
  if (!equal_constant_time(packed.expose(), right.expose())) return std::nullopt;
  if (!std::ranges::equal(word, typed_word, {}, upper)) return std::nullopt;
  return unpack(packed.expose());
}

}  // namespace

Result<Share> Share::parse(const SecretText& typed) {
  if (typed.size() > kLongestTyped) return fail(share_refused("too long"));
  const SecretText compact = without_separators(typed.expose());
  auto share = read(compact.expose());
  if (!share) return fail(share_refused("not well-formed"));
  return std::move(*share);
}

SecretText Share::text() const {
  SecretBytes packed = pack(*this);
  const std::string_view word = share_word(stamp(packed.expose_mutable()));
  std::string text;
  text.reserve(kLongestText);  // no growth: the wipe below clears only one buffer
  text += kPrefix;
  for (std::size_t i = 0; i < kDigitCount; ++i) {
    if (i % kGroupSize == 0) text += '-';
    text += digit_at(packed.expose(), i);
  }
  text += '-';
  text += word;
  SecretText kept(text);
  wipe(text);
  return kept;
}

Error share_refused(std::string_view why) {
  return make_error(KeyError::share_refused,
                    "The share is not accepted. Check for typing errors. The share must belong to "
                    "this vault and must not have been given before.",
                    OperatorText{"share: " + std::string(why)});
}

}  // namespace cardvault
