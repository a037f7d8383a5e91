#pragma once

#include "api/cli/command.h"
#include "api/cli/share_output.h"

namespace cardvault::api {

/// A change of the seal, as the command line asks for it.
struct SealChange {
  SealOptions to;
  ShareOutput output;
};

/// Another seal, or another root key; the exit status. Custodians of a vault in shares are asked
/// for theirs first, and new shares are handed out before anything is sealed under them.
[[nodiscard]] int migrate_seal(const Common& common, const SealChange& wanted);
/// New shares of the same root key; the exit status.
[[nodiscard]] int replace_custodians(const Common& common, const SealChange& wanted);

}  // namespace cardvault::api
