#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"

namespace cardvault {

/// How many entries of the index are read and written at once.
constexpr std::size_t kIndexPage = 1000;

/// Calls `step` again and again on `workers` threads until it answers false (nothing is left) or an
/// error, which ends the others after their step. The first error; returns when no step runs.
[[nodiscard]] Status run_steps(std::size_t workers, const std::function<Result<bool>()>& step);

}  // namespace cardvault
