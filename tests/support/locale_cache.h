#pragma once

#include <climits>
#include <locale>

namespace cardvault::test {

/// Fills the cache of the global locale from which std::regex reads characters. libstdc++ fills it
/// character by character when first asked, without a lock, so two threads that compile an
/// expression at once race, as httplib's client does for every answer (GCC bug 77704).
inline void fill_locale_cache() {
  const auto& characters = std::use_facet<std::ctype<char>>(std::locale());
  for (int c = CHAR_MIN; c <= CHAR_MAX; ++c) {
    (void)characters.narrow(static_cast<char>(c), '\0');
  }
}

}  // namespace cardvault::test
