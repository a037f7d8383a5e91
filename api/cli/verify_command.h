#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "api/cli/command.h"

namespace cardvault::api {

/// Asks the vault's owner to check the whole store, or a backup, and waits for the end. `wanted` is
/// `{rate?, index?, file?}`. Returns the job as VerifyJob renders it.
[[nodiscard]] Result<nlohmann::json> verify(const Common& common, const nlohmann::json& wanted);

/// Prints the job's findings, one a line, on standard output. Returns 1 if there are any.
[[nodiscard]] int print_findings(const nlohmann::json& job);

}  // namespace cardvault::api
