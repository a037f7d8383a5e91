#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/client/address.h"
#include "net/client/net_failure.h"

namespace cardvault {

/// Looks names up in the background, because a look-up cannot be ended: with a name server that is
/// silent the C library takes 10 seconds and more. A caller waits until its own deadline. What the
/// look-up finds later is kept for a minute, for the next call that asks for this name.
///
/// Callers that ask for one name at the same time share one look-up, so a silent name server holds
/// one thread for each name and no more than kMostLookUps. Such a thread is never waited for, and
/// may outlast this object. Safe from any thread.
class NameLookup {
 public:
  static constexpr std::size_t kMostLookUps = 32;

  explicit NameLookup(Resolver resolver);

  /// At least one address. timeout when there is none yet at the deadline; resolve_failed when the
  /// name has none, or too many other names are being looked up.
  [[nodiscard]] NetResult<std::vector<Address>> find(const std::string& host,
                                                     CallDeadline deadline);

 private:
  struct Desk;

  std::shared_ptr<Desk> desk_;
};

}  // namespace cardvault
