#pragma once

#include <cstddef>
#include <vector>

#include "vault/wallet/binary.h"

namespace cardvault {

/// Limit for lists without their own limit, so that a damaged length cannot request all memory.
inline constexpr std::size_t kAnyList = 4096;

/// Writes a list with its length first. `write(out, thing)` writes one element.
template <class Things, class Write>
void write_list(BinaryWriter& out, const Things& things, Write write) {
  out.number(things.size());
  for (const auto& thing : things) write(out, thing);
}

/// Reads a list that write_list() wrote. `read(in)` reads one element.
template <class Thing, class Read>
std::vector<Thing> read_list(BinaryReader& in, Read read) {
  std::vector<Thing> things;
  const std::size_t count = in.count(kAnyList);
  things.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) things.push_back(read(in));
  return things;
}

}  // namespace cardvault
