#include "api/app/config_files.h"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace cardvault::api {

namespace fs = std::filesystem;

fs::path shipped_path(std::string_view name) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  fs::path installed = program / ".." / "share" / "cardvault" / name;
  if (fs::exists(installed, error)) return installed;
  return program / ".." / ".." / "config" / name;
}

Result<std::vector<fs::path>> json_files(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".json") files.push_back(entry->path());
  }
  if (error) {
    return fail(ErrorCode::invalid_request,
                "Cannot read the directory " + directory.string() + ": " + error.message() + ".");
  }
  std::ranges::sort(files);
  return files;
}

Result<std::string> read_config_file(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  std::string text(error ? 0 : size, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (error || !in) {
    return fail(ErrorCode::invalid_request, "Cannot read the file " + file.string() + ".");
  }
  return text;
}

}  // namespace cardvault::api
