#pragma once

#include <climits>
#include <locale>

namespace cardvault::test {

/// Fills the cache of the global locale that std::regex reads characters from. libstdc++ fills it
/// character by character on first use, without a lock. So two threads that compile an expression
/// at the same time race; httplib's client does that for every answer (GCC bug 77704).
inline void fill_locale_cache() {
  const auto& characters = std::use_facet<std::ctype<char>>(std::locale());
  for (int c = CHAR_MIN; c <= CHAR_MAX; ++c) {
    (void)characters.narrow(static_cast<char>(c), '\0');
  }
}

}  // namespace cardvault::test
