#pragma once

#include "api/cli/command.h"
#include "api/cli/share_output.h"

namespace cardvault::api {

/// A change of the seal that the operator asks for.
struct SealChange {
  SealOptions to;
  ShareOutput output;
};

/// Changes the seal or the root key and returns the exit status. If the vault's root key is in
/// shares, it asks the present custodians for them first. New shares are handed out before the
/// keyring is sealed under them.
[[nodiscard]] int migrate_seal(const Common& common, const SealChange& wanted);
/// Makes new shares of the same root key. Returns the exit status.
[[nodiscard]] int replace_custodians(const Common& common, const SealChange& wanted);

}  // namespace cardvault::api
