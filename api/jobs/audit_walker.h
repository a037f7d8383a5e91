#pragma once

#include <thread>

#include "vault/audit/audit_checkpoints.h"

namespace cardvault::api {

/// A thread that checks long audit logs after pages of them were shown, one log at a time (see
/// AuditCheckpoints). It stops within one step of a check.
class AuditWalker {
 public:
  /// Both references must outlive this object. `shared`: other threads use the same connections to
  /// the store (see stand_back()).
  AuditWalker(const Vault& vault, AuditCheckpoints& checkpoints, bool shared);

 private:
  std::jthread thread_;
};

}  // namespace cardvault::api
