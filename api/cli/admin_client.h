#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace cardvault::api {

/// One request to a running server through its Unix socket. The body of a 2xx answer; otherwise an
/// error whose detail is the problem document's. store_unavailable when nobody answers within
/// `patience`, after which the server may still be at it, or when the socket takes no connection
/// for ten seconds, as long as a server may need to start. invalid_request for a path that is none.
[[nodiscard]] Result<std::string> ask_server(const std::filesystem::path& socket,
                                             const std::string& method, const std::string& path,
                                             const std::string& body,
                                             std::chrono::seconds patience);

/// The body when `status` is 2xx, else an error with the detail and fields of the problem document.
[[nodiscard]] Result<std::string> body_or_error(int status, std::string body);

}  // namespace cardvault::api
