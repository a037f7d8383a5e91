#include "api/jobs/audit_walker.h"

#include "api/jobs/stand_back.h"

namespace cardvault::api {

AuditWalker::AuditWalker(const Vault& vault, AuditCheckpoints& checkpoints, bool shared)
    : thread_([&vault, &checkpoints, shared](const std::stop_token& stop) {
        if (!shared) stand_back();
        while (checkpoints.wait_for_work(stop)) (void)checkpoints.walk_next(vault, stop);
      }) {}

}  // namespace cardvault::api
