#include "base/locale_cache.h"

#include <climits>
#include <locale>

namespace cardvault {

void fill_locale_cache() {
  const auto& characters = std::use_facet<std::ctype<char>>(std::locale());
  for (int c = CHAR_MIN; c <= CHAR_MAX; ++c) {
    (void)characters.narrow(static_cast<char>(c), '\0');
  }
}

}  // namespace cardvault
