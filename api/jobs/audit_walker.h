#pragma once

#include <thread>

#include "vault/audit/audit_checkpoints.h"

namespace cardvault::api {

/// The thread that walks over long audit logs after pages of them were shown, one log at a time
/// (see AuditCheckpoints). Ends within one step of a walk.
class AuditWalker {
 public:
  /// Both outlive this. `shared`: other threads share the store's connections (see stand_back()).
  AuditWalker(const Vault& vault, AuditCheckpoints& checkpoints, bool shared);

 private:
  std::jthread thread_;
};

}  // namespace cardvault::api
