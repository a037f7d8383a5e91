#pragma once

namespace cardvault {

/// Starts libcurl, once in a process, with memory that is wiped when libcurl frees it: requests
/// carry tokens, answers carry keys. Later calls only say whether that worked.
[[nodiscard]] bool start_curl();

}  // namespace cardvault
