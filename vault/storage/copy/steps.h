#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"

namespace cardvault {

/// Number of index entries that are read and written at once.
constexpr std::size_t kIndexPage = 1000;

/// Calls `step` repeatedly on `workers` threads. A thread ends when `step` returns false, which
/// means that nothing is left. If `step` fails, all threads end after their current step. Returns
/// the first error, after all steps have ended.
[[nodiscard]] Status run_steps(std::size_t workers, const std::function<Result<bool>()>& step);

}  // namespace cardvault
