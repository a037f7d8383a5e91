#pragma once

#include "api/jobs/audit_walker.h"
#include "api/jobs/store_check.h"
#include "api/jobs/verify_job.h"

namespace cardvault::api {

/// All that a server does to find damage in its store: beside pages of audit logs, over and over by
/// itself, and when an operator asks for it.
struct Inspection {
  /// As StoreCheck. Starts at once.
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
