#include "api/stand_back.h"

#include <pthread.h>
#include <sched.h>

namespace cardvault::api {

void stand_back() {
  const sched_param none{};
  (void)::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &none);
}

}  // namespace cardvault::api
