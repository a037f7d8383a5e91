#pragma once

#include <string>

#include "api/cli/command.h"

namespace cardvault::api {

/// What `key rotate` makes new keys for: one purpose, or every one that is due, or all.
struct RotateOptions {
  std::string purpose;
  bool due = false;
  bool all = false;
  bool no_wait = false;  ///< on a shared store: do not wait until the new keys encrypt
};

/// `key rotate`: prints each new key; the exit status.
[[nodiscard]] int rotate_keys(const Common& common, const RotateOptions& wanted);

}  // namespace cardvault::api
