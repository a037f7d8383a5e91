#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardvault {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  ///< in bytes; 0: not well-formed (RFC 3629)
};

/// Decodes the first code point of `text`, which must not be empty.
[[nodiscard]] CodePoint decode_utf8(std::string_view text);

}  // namespace cardvault
