#include "api/app/configuration.h"

#include <string>
#include <system_error>
#include <utility>

#include "api/app/config_files.h"

namespace cardvault::api {
namespace {

std::unexpected<Error> wrong(const std::filesystem::path& file, const Error& error) {
  return fail(ErrorCode::invalid_request, file.string() + ": " + error.detail);
}

Status check_there(const std::filesystem::path& path, const std::string& option,
                   const std::filesystem::path& shipped) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) return {};
  return fail(ErrorCode::invalid_request,
              "There is no " + path.string() + ", the value of " + option +
                  ". Correct the path, or leave the option out to use the default: " +
                  shipped.lexically_normal().string());
}

Status check_all_there(const ConfigurationFiles& files) {
  const auto shipped = ConfigurationFiles::shipped();
  TRY(check_there(files.banks, "--banks", shipped.banks));
  TRY(check_there(files.channels, "--channels", shipped.channels));
  return check_there(files.calendars, "--calendars", shipped.calendars);
}

Result<BankCatalogue> load_banks(const std::filesystem::path& directory) {
  TRY_VALUE(const auto files, json_files(directory));
  BankCatalogue banks;
  for (const auto& file : files) {
    TRY_VALUE(const auto text, read_config_file(file));
    if (const auto added = banks.add(text); !added) return wrong(file, added.error());
  }
  return banks;
}

Result<ChannelDirectory> load_channels(const std::filesystem::path& file) {
  TRY_VALUE(const auto text, read_config_file(file));
  auto channels = ChannelDirectory::parse(text);
  if (!channels) return wrong(file, channels.error());
  return channels;
}

}  // namespace

ConfigurationFiles ConfigurationFiles::shipped() {
  return {.banks = shipped_path("banks"),
          .channels = shipped_path("channels.json"),
          .calendars = default_calendars_directory()};
}

Result<Configuration> Configuration::load(const ConfigurationFiles& files) {
  TRY(check_all_there(files));
  TRY_VALUE(auto banks, load_banks(files.banks));
  TRY_VALUE(auto channels, load_channels(files.channels));
  TRY_VALUE(auto deadlines, DeadlineRule::make(files.time_zone, files.working_days));
  TRY_VALUE(auto calendars,
            CalendarFiles::load(files.calendars, WorkingDays::kDefaultCalendar, *deadlines));
  return Configuration{.banks = std::move(banks),
                       .channels = std::move(channels),
                       .deadlines = std::move(deadlines),
                       .calendars = std::move(calendars)};
}

}  // namespace cardvault::api
