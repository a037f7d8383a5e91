#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardvault {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  ///< bytes it takes; 0: not well-formed (RFC 3629)
};

/// The first one of a text that is not empty.
[[nodiscard]] CodePoint decode_utf8(std::string_view text);

}  // namespace cardvault
