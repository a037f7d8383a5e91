#pragma once

#include <cstdint>

#include "vault/change/vault.h"

namespace cardvault::api {

/// A lease for a pass over all wallets that destroys old keys. Only one of the processes that share
/// a store should make it at a time. The lease is a time in a sealed record of the store; before
/// that time no other process begins. It only saves work: a pass made by two processes does no
/// harm. The machines' clocks may differ by less than kTerm. Use from one thread at a time.
class JobLease {
 public:
  /// Longer than any batch of wallets takes, so that renew() comes in time.
  static constexpr Seconds kTerm{60};
  /// After a pass, no process begins another one for this long.
  static constexpr Seconds kRest = std::chrono::hours{24};

  explicit JobLease(const Vault& vault) : vault_(vault) {}

  /// Takes the lease for kTerm. Returns false if another process has it or was faster. Ignores a
  /// record that does not open, and a time more than kRest + kTerm from now. Errors: those of the
  /// store and of LiveKeyring::current().
  [[nodiscard]] Result<bool> begin();
  /// Extends a lease that begin() took: no process begins before `time` has passed. Does nothing if
  /// another process has the lease by now.
  void renew(Seconds time);

 private:
  [[nodiscard]] Result<bool> write(Time until);

  const Vault& vault_;
  std::uint64_t version_ = 0;  ///< of the record that begin() or renew() saw or wrote last
};

}  // namespace cardvault::api
