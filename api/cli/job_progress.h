#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "api/cli/command.h"

namespace cardvault::api {

/// One request to the vault's owner (see Owner::ask); its answer. `body` null: without one.
[[nodiscard]] Result<nlohmann::json> ask_json(const Common& common, const std::string& method,
                                              const std::string& target,
                                              const nlohmann::json& body = {},
                                              std::chrono::seconds patience = Owner::kPatience);

/// Waits for the end of a job, whose state is at `target`, and shows on a terminal how far it is;
/// what it came to. `job` is the answer to its start. job_running when another one was started
/// meanwhile, else what kept it from its end.
[[nodiscard]] Result<nlohmann::json> await_job(const Common& common, const std::string& target,
                                               Result<nlohmann::json> job);

}  // namespace cardvault::api
