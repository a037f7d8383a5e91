#pragma once

#include <string>
#include <vector>

namespace cardvault {

/// A part of an enumeration, and how to ask for the next. `next` is opaque bytes, to be handed back
/// to the object that gave it while that is there; empty after the last page, and only then: a page
/// in the middle may have no items.
template <class Item>
struct ArchivePage {
  std::vector<Item> items;
  std::string next;
};

}  // namespace cardvault
