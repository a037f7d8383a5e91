#pragma once

#include <string>

#include "api/data_directory.h"
#include "base/result.h"

namespace cardvault::api {

/// How the command line reaches a vault: by asking the server that owns the directory, through its
/// socket, or, when none does, by opening the directory and running the same routes (see
/// socket_routes) in this process. The body of a 2xx answer; otherwise an error whose detail is the
/// problem document's, or why the directory cannot be opened.
[[nodiscard]] Result<std::string> ask_owner(const DataPaths& paths, const std::string& method,
                                            const std::string& target, const std::string& body);

}  // namespace cardvault::api
