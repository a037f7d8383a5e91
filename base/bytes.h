#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardvault {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// The bytes of a text, unowned.
[[nodiscard]] ByteView as_bytes(std::string_view text);
[[nodiscard]] std::string_view as_text(ByteView bytes);

[[nodiscard]] std::string to_hex(ByteView bytes);

/// RFC 4648 §5 without padding.
[[nodiscard]] std::string to_base64url(ByteView bytes);

/// Strict inverse of to_base64url: nullopt for padding, other alphabets, white space, or trailing
/// bits that are not zero, so that every value has exactly one spelling.
[[nodiscard]] std::optional<Bytes> from_base64url(std::string_view text);

/// True for well-formed UTF-8 (RFC 3629) without C0/C1 control characters.
[[nodiscard]] bool is_printable_utf8(std::string_view text);

/// Code points in well-formed UTF-8.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

}  // namespace cardvault
