#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/client/address.h"
#include "net/client/net_failure.h"

namespace cardvault {

/// Looks names up in the background, because a look-up cannot be interrupted: with a silent name
/// server the C library takes 10 seconds and more. A caller waits until its own deadline. A result
/// that comes later is kept for a minute, for the next call with this name.
///
/// Callers with the same name at the same time share one look-up. So a silent name server holds one
/// thread for each name, and at most kMostLookUps threads. No caller waits for such a thread to
/// end, and it may outlive this object. Safe from any thread.
class NameLookup {
 public:
  static constexpr std::size_t kMostLookUps = 32;

  explicit NameLookup(Resolver resolver);

  /// Returns at least one address. timeout if there is no result at the deadline. resolve_failed if
  /// the name has no address, if kMostLookUps other names are running or kept, or if no thread can
  /// be started.
  [[nodiscard]] NetResult<std::vector<Address>> find(const std::string& host,
                                                     CallDeadline deadline);

 private:
  struct Desk;

  std::shared_ptr<Desk> desk_;
};

}  // namespace cardvault
