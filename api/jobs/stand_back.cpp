#include "api/jobs/stand_back.h"

#include <sys/resource.h>
#include <unistd.h>

namespace cardvault::api {
namespace {

constexpr int kNice = 10;

}  // namespace

void stand_back() {
  // On Linux each thread has its own nice value, and PRIO_PROCESS accepts a thread id.
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
}

}  // namespace cardvault::api
