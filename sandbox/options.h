#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "sandbox/settings.h"

namespace cardvault::sandbox {

/// Options from the command line and the environment.
struct Options {
  Settings settings;
  /// File for the vault's channels configuration; "": not written.
  std::filesystem::path channels_file;
  bool json = false;
};

/// Sets host and port from "127.0.0.1:8090" or "[::1]:8090". Error: invalid_request for any other
/// text.
[[nodiscard]] Status parse_listen(std::string_view text, Settings& settings);

/// Returns the options. After a request for help or a wrong option, it has printed a message and
/// returns the exit status.
[[nodiscard]] std::expected<Options, int> parse_options(int argc, char** argv);

}  // namespace cardvault::sandbox
