#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "api/cli/command.h"

namespace cardvault::api {

/// Sends one request to the vault's owner (see Owner::ask) and returns its answer. A null `body`
/// sends none.
[[nodiscard]] Result<nlohmann::json> ask_json(const Common& common, const std::string& method,
                                              const std::string& target,
                                              const nlohmann::json& body = {},
                                              std::chrono::seconds patience = Owner::kPatience);

/// Waits until a job ends, shows its progress on a terminal and returns its result. `job` is the
/// answer to the request that started it; `target` is the path of its state. Errors: job_running if
/// another job was started meanwhile; `internal` with the reason if the job failed or was stopped;
/// those of Owner::ask.
[[nodiscard]] Result<nlohmann::json> await_job(const Common& common, const std::string& target,
                                               Result<nlohmann::json> job);

}  // namespace cardvault::api
