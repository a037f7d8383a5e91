#pragma once

#include <string>
#include <vector>

namespace cardvault {

/// One page of an enumeration. `next` is the cursor of the next page: opaque bytes for the object
/// that returned it, valid while that object lives. It is empty after the last page and only there.
/// A page in the middle may have no items.
template <class Item>
struct ArchivePage {
  std::vector<Item> items;
  std::string next;
};

}  // namespace cardvault
