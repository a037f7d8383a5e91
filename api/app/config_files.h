#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cardvault::api {

/// Path of a data file or directory that is shipped with the program: ../share/cardvault/NAME
/// beside an installed program, config/NAME in a build tree.
[[nodiscard]] std::filesystem::path shipped_path(std::string_view name);

/// The *.json files of a directory, sorted by name. Error: invalid_request if the directory cannot
/// be read; the detail names it.
[[nodiscard]] Result<std::vector<std::filesystem::path>> json_files(
    const std::filesystem::path& directory);

/// The whole content of a file. Error: invalid_request if the file cannot be read; the detail names
/// it.
[[nodiscard]] Result<std::string> read_config_file(const std::filesystem::path& file);

}  // namespace cardvault::api
