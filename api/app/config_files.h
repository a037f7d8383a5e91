#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cardvault::api {

/// The file or directory of data that the program came with: beside an installed program
/// ../share/cardvault/NAME, in a build tree config/NAME.
[[nodiscard]] std::filesystem::path shipped_path(std::string_view name);

/// The *.json in a directory, by name. invalid_request, naming the directory, if it cannot be read.
[[nodiscard]] Result<std::vector<std::filesystem::path>> json_files(
    const std::filesystem::path& directory);

/// All of a file. invalid_request, naming the file, if it cannot be read.
[[nodiscard]] Result<std::string> read_config_file(const std::filesystem::path& file);

}  // namespace cardvault::api
