#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "sandbox/settings.h"

namespace cardvault::sandbox {

/// What the command line and the environment say.
struct Options {
  Settings settings;
  /// Where the vault's channels configuration goes; empty for nowhere.
  std::filesystem::path channels_file;
  bool json = false;
};

/// Puts "127.0.0.1:8090" or "[::1]:8090" into the settings; invalid_request for anything else.
[[nodiscard]] Status parse_listen(std::string_view text, Settings& settings);

/// The options, or the exit status of a program that was asked for help or misused; what there was
/// to say about that has been printed.
[[nodiscard]] std::expected<Options, int> parse_options(int argc, char** argv);

}  // namespace cardvault::sandbox
