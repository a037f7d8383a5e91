#include "base/bytes.h"

#include <array>

#include "base/utf8.h"

namespace cardvault {
namespace {

constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> base64url_digits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kBase64Url.size(); ++i) {
    digits[static_cast<std::uint8_t>(kBase64Url[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}

}  // namespace

ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(ByteView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 0x0fU];
  }
  return text;
}

std::string to_base64url(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8U) | byte;
    held += 8;
    while (held >= 6) {
      held -= 6;
      text += kBase64Url[(bits >> static_cast<unsigned>(held)) & 0x3fU];
    }
  }
  if (held > 0) text += kBase64Url[(bits << static_cast<unsigned>(6 - held)) & 0x3fU];
  return text;
}

std::optional<Bytes> from_base64url(std::string_view text) {
  static constexpr auto digits = base64url_digits();
  if (text.size() % 4 == 1) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::uint8_t digit = digits[static_cast<std::uint8_t>(c)];
    if (digit == kNoDigit) return std::nullopt;
    bits = (bits << 6U) | digit;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<std::uint8_t>(bits >> static_cast<unsigned>(held)));
    }
  }
  const std::uint32_t left_over = bits & ((1U << static_cast<unsigned>(held)) - 1U);
  if (left_over != 0) return std::nullopt;
  return bytes;
}

bool is_printable_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    if (point.length == 0) return false;
    const bool control = point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0);
    if (control) return false;
    text.remove_prefix(point.length);
  }
  return true;
}

std::size_t utf8_length(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<std::uint8_t>(c) & 0xc0U) != 0x80U) ++count;
  }
  return count;
}

}  // namespace cardvault
