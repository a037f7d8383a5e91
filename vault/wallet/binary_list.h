#pragma once

#include <cstddef>
#include <vector>

#include "vault/wallet/binary.h"

namespace cardvault {

/// A bound for lists without one of their own, so that a damaged length cannot ask for all memory.
inline constexpr std::size_t kAnyList = 4096;

/// A list with its length in front; `write(out, thing)` writes one of it.
template <class Things, class Write>
void write_list(BinaryWriter& out, const Things& things, Write write) {
  out.number(things.size());
  for (const auto& thing : things) write(out, thing);
}

/// What write_list wrote; `read(in)` reads one of it.
template <class Thing, class Read>
std::vector<Thing> read_list(BinaryReader& in, Read read) {
  std::vector<Thing> things;
  const std::size_t count = in.count(kAnyList);
  things.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) things.push_back(read(in));
  return things;
}

}  // namespace cardvault
