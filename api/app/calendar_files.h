#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "vault/closing/working_days.h"

namespace cardvault::api {

/// The same as shipped_path("calendars").
[[nodiscard]] std::filesystem::path default_calendars_directory();

/// Keeps a DeadlineRule's calendar equal to the files of a directory (see
/// config/calendars/README.md). If the directory has no document of the calendar, this logs a
/// warning and every year stays provisional. Use from one thread at a time.
class CalendarFiles {
 public:
  /// Reads the directory and gives the calendar to `rule`, which must outlive this object. Error:
  /// invalid_request; the detail names the directory or file and says what is wrong with it.
  [[nodiscard]] static Result<CalendarFiles> load(std::filesystem::path directory,
                                                  std::string_view calendar, DeadlineRule& rule);

  /// Reads the files again if their names, sizes or times have changed. Returns true if `rule` uses
  /// a new calendar from now on; the caller should then compute provisional deadlines again. If any
  /// file is invalid, the calendar stays as it was and each change logs one warning.
  bool refresh();

 private:
  /// Path, size and time of a file.
  struct Seen {
    std::filesystem::path file;
    std::uintmax_t size = 0;
    std::filesystem::file_time_type written;

    bool operator==(const Seen&) const = default;
  };

  CalendarFiles(std::filesystem::path directory, std::string_view calendar, DeadlineRule& rule)
      : directory_(std::move(directory)), calendar_(calendar), rule_(&rule) {}

  /// Returns nullopt if the directory cannot be read.
  [[nodiscard]] std::optional<std::vector<Seen>> look() const;
  [[nodiscard]] Status read() const;

  std::filesystem::path directory_;
  std::string calendar_;
  DeadlineRule* rule_;
  std::optional<std::vector<Seen>> seen_;
};

}  // namespace cardvault::api
