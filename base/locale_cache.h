#pragma once

namespace cardvault {

/// Fills the cache of the global locale from which std::regex reads characters. libstdc++ fills it
/// character by character when first asked, without a lock, so two threads that compile an
/// expression at once race, as httplib's client does for every answer (GCC bug 77704). Call before
/// threads that do so begin; again costs next to nothing.
void fill_locale_cache();

}  // namespace cardvault
