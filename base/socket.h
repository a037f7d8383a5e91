#pragma once

#include <chrono>

namespace cardvault {

/// Waits until poll(2) reports one of `events`, or an error, on `fd`. False when that has not come
/// by `deadline`, and when the wait itself fails. Looks once also when `deadline` has passed.
[[nodiscard]] bool wait_for_socket(int fd, short events,
                                   std::chrono::steady_clock::time_point deadline);

/// Ends the connection in both directions and closes `fd`, even while another thread waits on it.
void close_connection(int fd);

}  // namespace cardvault
