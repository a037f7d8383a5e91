#pragma once

#include <string>

#include "api/cli/command.h"

namespace cardvault::api {

/// The purposes that `key rotate` makes new keys for: one, all that are due, or all.
struct RotateOptions {
  std::string purpose;
  bool due = false;
  bool all = false;
  bool no_wait = false;  ///< do not wait until the new keys encrypt (shared store)
};

/// Runs `key rotate` and prints each new key. Returns the exit status.
[[nodiscard]] int rotate_keys(const Common& common, const RotateOptions& wanted);

}  // namespace cardvault::api
