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

/// Where the data is that an operator may replace.
struct ConfigurationFiles {
  std::filesystem::path banks;                        ///< a directory
  std::filesystem::path channels;                     ///< a file
  std::filesystem::path calendars;                    ///< a directory
  std::string time_zone{DeadlineRule::kDefaultZone};  ///< in which the deadline's days are counted
  std::uint32_t working_days = DeadlineRule::kDefaultWorkingDays;

  /// What the program came with.
  [[nodiscard]] static ConfigurationFiles shipped();
};

/// The data, read.
struct Configuration {
  BankCatalogue banks;
  ChannelDirectory channels;
  std::unique_ptr<DeadlineRule> deadlines;
  CalendarFiles calendars;  ///< keeps `deadlines` like its files

  /// invalid_request, naming the file and saying what is wrong with it, or the option whose path
  /// does not exist.
  [[nodiscard]] static Result<Configuration> load(const ConfigurationFiles& files);
};

}  // namespace cardvault::api
