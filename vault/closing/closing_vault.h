#pragma once

#include "vault/change/vault.h"
#include "vault/closing/channel_directory.h"
#include "vault/closing/working_days.h"

namespace cardvault {

/// A vault that knows the channels to tell about the end of a card, and the deadline.
struct ClosingVault : Vault {
  const ChannelDirectory& channels;
  const DeadlineRule& deadlines;
};

}  // namespace cardvault
