#pragma once

#include "vault/change/vault.h"
#include "vault/closing/channel_directory.h"
#include "vault/closing/working_days.h"

namespace cardvault {

/// A vault that knows whom to tell of the end of a card, and until when.
struct ClosingVault : Vault {
  const ChannelDirectory& channels;
  const DeadlineRule& deadlines;
};

}  // namespace cardvault
