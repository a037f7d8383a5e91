#pragma once

namespace cardvault {

/// Starts libcurl, once in a process. libcurl then wipes memory before it frees it, because
/// requests carry tokens and answers carry keys. Later calls only return the result of the first.
[[nodiscard]] bool start_curl();

}  // namespace cardvault
