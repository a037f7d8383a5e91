#pragma once

#include <cstdint>

#include "vault/change/vault.h"

namespace cardvault::api {

/// Lets one process at a time, of those that share a store, go over all wallets to destroy old
/// keys: a time in a sealed record of the store, before which no process begins. It spares work and
/// decides nothing: a pass that two processes make does no harm. The machines' clocks may differ by
/// less than a term. Used by one thread at a time.
class JobLease {
 public:
  /// Longer than any batch of wallets takes, so that renew() comes in time.
  static constexpr Seconds kTerm{60};
  /// How long no process begins again after a pass.
  static constexpr Seconds kRest = std::chrono::hours{24};

  explicit JobLease(const Vault& vault) : vault_(vault) {}

  /// Takes it for a term; false when it is taken, or another process was faster. A record that does
  /// not open, and a time further ahead than a rest, are none. The errors of the store and of
  /// LiveKeyring::current().
  [[nodiscard]] Result<bool> begin();
  /// Of one that was begun: the next time is that far from now. Does nothing where another process
  /// has it by now.
  void renew(Seconds time);

 private:
  [[nodiscard]] Result<bool> write(Time until);

  const Vault& vault_;
  std::uint64_t version_ = 0;  ///< of the record that begin() or renew() saw or wrote last
};

}  // namespace cardvault::api
