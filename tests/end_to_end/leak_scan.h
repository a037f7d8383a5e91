#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cardvault::test {

/// A text that must not be found, and the name of its spelling.
struct Needle {
  std::string what;
  std::string text;
};

/// A card number as text, in groups of four, as hex or base64 of its digits at any offset, and as
/// packed decimal.
[[nodiscard]] std::vector<Needle> spellings_of_pan(std::string_view digits);
/// Any other secret as text, and as hex and base64 at any offset.
[[nodiscard]] std::vector<Needle> spellings_of_secret(const std::string& what,
                                                      std::string_view text);

/// The needles found in `text`, as "WHAT in WHERE".
[[nodiscard]] std::vector<std::string> find_in(std::string_view text, const std::string& where,
                                               const std::vector<Needle>& needles);

struct DirectoryScan {
  std::vector<std::string> found;
  std::size_t files = 0;
  std::size_t bytes = 0;
};
/// The same for every regular file below `directory`, except files with a name in `exempt`.
[[nodiscard]] DirectoryScan scan_directory(const std::filesystem::path& directory,
                                           const std::vector<Needle>& needles,
                                           const std::vector<std::string>& exempt = {});

}  // namespace cardvault::test
