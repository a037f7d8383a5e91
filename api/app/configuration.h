#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "api/app/calendar_files.h"
#include "base/result.h"
#include "vault/cards/bank_catalogue.h"
#include "vault/closing/channel_directory.h"
#include "vault/closing/working_days.h"

namespace cardvault::api {

/// Paths of the data files that an operator may replace.
struct ConfigurationFiles {
  std::filesystem::path banks;                        ///< a directory
  std::filesystem::path channels;                     ///< a file
  std::filesystem::path calendars;                    ///< a directory
  std::string time_zone{DeadlineRule::kDefaultZone};  ///< the deadline's days are counted in it
  std::uint32_t working_days = DeadlineRule::kDefaultWorkingDays;

  /// Paths of the files that are shipped with the program.
  [[nodiscard]] static ConfigurationFiles shipped();
};

/// The content of the data files.
struct Configuration {
  BankCatalogue banks;
  ChannelDirectory channels;
  std::unique_ptr<DeadlineRule> deadlines;
  CalendarFiles calendars;  ///< keeps `deadlines` equal to its files

  /// Error: invalid_request; the detail names the file and says what is wrong with it, or names the
  /// option whose path does not exist.
  [[nodiscard]] static Result<Configuration> load(const ConfigurationFiles& files);
};

}  // namespace cardvault::api
