#pragma once

#include "api/jobs/audit_walker.h"
#include "api/jobs/store_check.h"
#include "api/jobs/verify_job.h"

namespace cardvault::api {

/// Everything that looks for damage in a server's store: the check beside pages of audit logs, the
/// repeated background check, and the check that an operator starts.
struct Inspection {
  /// Starts at once. Lifetimes: see StoreCheck.
  Inspection(const Vault& vault, Metrics& metrics, std::uint64_t rate, bool shared)
      : verify(vault, VerifyJob::Run::background, shared),
        walker(vault, audits, shared),
        check(vault, metrics, rate, shared) {}

  AuditCheckpoints audits;
  VerifyJob verify;
  AuditWalker walker;
  StoreCheck check;
};

}  // namespace cardvault::api
