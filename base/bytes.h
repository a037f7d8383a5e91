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

/// A view of the same bytes; the caller keeps them alive.
[[nodiscard]] ByteView as_bytes(std::string_view text);
[[nodiscard]] std::string_view as_text(ByteView bytes);

[[nodiscard]] std::string to_hex(ByteView bytes);

/// Base64url by RFC 4648 §5, without padding.
[[nodiscard]] std::string to_base64url(ByteView bytes);

/// The strict inverse of to_base64url(). nullopt for padding, other alphabets, white space, or
/// trailing bits that are not zero: so every value has exactly one spelling.
[[nodiscard]] std::optional<Bytes> from_base64url(std::string_view text);

/// True for well-formed UTF-8 (RFC 3629) without C0 and C1 control characters.
[[nodiscard]] bool is_printable_utf8(std::string_view text);

/// Number of code points in well-formed UTF-8.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

}  // namespace cardvault
