#pragma once

#include <chrono>

namespace cardvault {

/// Waits until poll(2) reports one of `events`, or an error, on `fd`. False if `deadline` passes
/// first, or if the wait itself fails. It polls once even if `deadline` has passed already.
[[nodiscard]] bool wait_for_socket(int fd, short events,
                                   std::chrono::steady_clock::time_point deadline);

/// Shuts the connection down in both directions and closes `fd`, even while another thread waits on
/// it.
void close_connection(int fd);

}  // namespace cardvault
