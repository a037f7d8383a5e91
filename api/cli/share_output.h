#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "api/app/data_directory.h"
#include "base/result.h"

namespace cardvault::api {

/// Where the shares of a root key go.
struct ShareOutput {
  std::filesystem::path directory;  ///< a file for each share; "": pages on the terminal
  bool json = false;                ///< the command prints the shares, unless `directory` is set
};

/// Call it before any secret is made. Error: invalid_request if the shares have no place to go.
[[nodiscard]] Status check_output(const ShareOutput& output);

/// Writes the files share-N-CUSTODIAN.txt (0600), or shows each share on a page that Enter clears.
/// Does nothing if the command prints the shares as JSON. Errors: store_unavailable,
/// key_unavailable.
[[nodiscard]] Status hand_out(const ShareOutput& output, const Ceremony& ceremony,
                              const std::vector<Share>& shares);

/// The share texts for the JSON output; empty if the shares went into files.
[[nodiscard]] std::vector<std::string> printed_shares(const ShareOutput& output,
                                                      const std::vector<Share>& shares);

}  // namespace cardvault::api
