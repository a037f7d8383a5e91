#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace cardvault::api {

/// Sends one request to a running server through its Unix socket. Returns the body of a 2xx answer;
/// any other answer is an error with the detail of the problem document.
/// Errors: store_unavailable if no answer comes within `patience` (the server may still be working
/// on the request), or if the socket accepts no connection for ten seconds, the time a server may
/// need to start; invalid_request if the path is invalid.
[[nodiscard]] Result<std::string> ask_server(const std::filesystem::path& socket,
                                             const std::string& method, const std::string& path,
                                             const std::string& body,
                                             std::chrono::seconds patience);

/// Returns the body if `status` is 2xx; otherwise an error with the detail and fields of the
/// problem document.
[[nodiscard]] Result<std::string> body_or_error(int status, std::string body);

}  // namespace cardvault::api
