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

/// As shipped_path("calendars").
[[nodiscard]] std::filesystem::path default_calendars_directory();

/// Keeps a DeadlineRule's calendar like the files of a directory (see config/calendars/README.md).
/// A directory without a document of the calendar is no error, only a warning in the log: every
/// year is provisional until there is one. One thread at a time.
class CalendarFiles {
 public:
  /// Reads the directory and hands the calendar to `rule`, which outlives this. invalid_request,
  /// naming the directory or the file and saying what is wrong with it.
  [[nodiscard]] static Result<CalendarFiles> load(std::filesystem::path directory,
                                                  std::string_view calendar, DeadlineRule& rule);

  /// Reads the files again if their names, sizes or times have changed. True when the rule counts
  /// by another calendar from now on, so that provisional deadlines want computing again. Files
  /// that are not all good leave the calendar as it was, with one warning in the log per change.
  bool refresh();

 private:
  /// How a file looked from outside.
  struct Seen {
    std::filesystem::path file;
    std::uintmax_t size = 0;
    std::filesystem::file_time_type written;

    bool operator==(const Seen&) const = default;
  };

  CalendarFiles(std::filesystem::path directory, std::string_view calendar, DeadlineRule& rule)
      : directory_(std::move(directory)), calendar_(calendar), rule_(&rule) {}

  /// nullopt for a directory that cannot be read.
  [[nodiscard]] std::optional<std::vector<Seen>> look() const;
  [[nodiscard]] Status read() const;

  std::filesystem::path directory_;
  std::string calendar_;
  DeadlineRule* rule_;
  std::optional<std::vector<Seen>> seen_;
};

}  // namespace cardvault::api
