#pragma once

#include <algorithm>

namespace cardvault {

/// The first of `things` whose `member` equals `key`; nullptr without one.
template <class Things, class Key, class Member>
[[nodiscard]] auto* find_by(Things& things, const Key& key, Member member) {
  const auto found = std::ranges::find(things, key, member);
  return found == std::ranges::end(things) ? nullptr : &*found;
}

}  // namespace cardvault
