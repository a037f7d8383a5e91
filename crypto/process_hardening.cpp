#include "crypto/process_hardening.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace cardvault {

bool forbid_memory_dumps() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

}  // namespace cardvault
