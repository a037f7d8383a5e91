#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "api/app/data_directory.h"
#include "base/result.h"

namespace cardvault::api {

/// Where the shares of a root key go, each once.
struct ShareOutput {
  std::filesystem::path directory;  ///< a file for each; otherwise the terminal, a page for each
  bool json = false;                ///< they are in what the command prints
};

/// invalid_request when there is no place for shares. Before anything is made.
[[nodiscard]] Status check_output(const ShareOutput& output);

/// Files share-N-CUSTODIAN.txt, 0600, or pages shown until Enter and then cleared; nothing when the
/// shares are printed as JSON. store_unavailable, key_unavailable.
[[nodiscard]] Status hand_out(const ShareOutput& output, const Ceremony& ceremony,
                              const std::vector<Share>& shares);

/// The texts to print in JSON: none when they went into files.
[[nodiscard]] std::vector<std::string> printed_shares(const ShareOutput& output,
                                                      const std::vector<Share>& shares);

}  // namespace cardvault::api
