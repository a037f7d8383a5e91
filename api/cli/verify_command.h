#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "api/cli/command.h"

namespace cardvault::api {

/// Has the vault's owner look at everything in its store, or in a backup, and waits for the end.
/// `wanted` is `{rate?, index?, file?}`; the job as VerifyJob renders it.
[[nodiscard]] Result<nlohmann::json> verify(const Common& common, const nlohmann::json& wanted);

/// Its findings in words, one a line, on standard output; 1 when there are any.
[[nodiscard]] int print_findings(const nlohmann::json& job);

}  // namespace cardvault::api
