#pragma once

#include <chrono>
#include <stop_token>

namespace cardvault {

/// Returns after `time`, or as soon as `stop` is requested.
void wait_unless_stopped(std::chrono::nanoseconds time, const std::stop_token& stop);

}  // namespace cardvault
