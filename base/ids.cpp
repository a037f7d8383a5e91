#include "base/ids.h"

#include <algorithm>

namespace cardvault {
namespace {

constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kTextLength = 26;
constexpr std::uint8_t kNoSymbol = 0xff;

constexpr std::array<std::uint8_t, 256> digit_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoSymbol);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<std::uint8_t>(kDigits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

}  // namespace

IdBits IdBits::make(Time at, RandomSource& random) {
  IdBits id;
  auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, at.time_since_epoch().count()));
  for (std::size_t i = 6; i-- > 0;) {
    id.bytes[i] = static_cast<std::uint8_t>(ms);
    ms >>= 8U;
  }
  random.fill(std::span(id.bytes).subspan(6));
  return id;
}

std::optional<IdBits> IdBits::parse(std::string_view text) {
  static constexpr auto values = digit_values();
  // 26 digits hold 130 bits, so the first digit may use only three of its five bits.
  if (text.size() != kTextLength || text.front() > '7') return std::nullopt;
  IdBits id;
  std::uint32_t bits = 0;
  unsigned held = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < kTextLength; ++i) {
    const std::uint8_t digit = values[static_cast<std::uint8_t>(text[i])];
    if (digit == kNoSymbol) return std::nullopt;
    bits = (bits << 5U) | digit;
    held += i == 0 ? 3U : 5U;
    if (held >= 8) {
      held -= 8;
      id.bytes[next++] = static_cast<std::uint8_t>(bits >> held);
    }
  }
  return id;
}

void IdBits::append_to(std::string& out) const {
  std::uint32_t bits = 0;
  unsigned held = 2;  // two zero bits in front make 130
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8U) | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      out += kDigits[(bits >> held) & 0x1fU];
    }
  }
}

}  // namespace cardvault
