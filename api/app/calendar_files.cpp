#include "api/app/calendar_files.h"

#include <memory>
#include <system_error>

#include "api/app/config_files.h"
#include "base/log.h"

namespace cardvault::api {

namespace fs = std::filesystem;

fs::path default_calendars_directory() {
  return shipped_path("calendars");
}

Result<CalendarFiles> CalendarFiles::load(fs::path directory, std::string_view calendar,
                                          DeadlineRule& rule) {
  CalendarFiles files(std::move(directory), calendar, rule);
  files.seen_ = files.look();
  TRY(files.read());
  return files;
}

bool CalendarFiles::refresh() {
  // Look before reading: the next call must see a change made while this call reads.
  auto now = look();
  if (now == seen_) return false;
  seen_ = std::move(now);
  const auto read_again = read();
  if (!read_again) {
    log::write(log::Level::warning, "calendar_refused",
               {{"calendar", calendar_}, {"reason", read_again.error().detail}});
  }
  return read_again.has_value();
}

std::optional<std::vector<CalendarFiles::Seen>> CalendarFiles::look() const {
  const auto files = json_files(directory_);
  if (!files) return std::nullopt;
  std::vector<Seen> seen;
  seen.reserve(files->size());
  for (const fs::path& file : *files) {
    std::error_code error;
    seen.push_back({file, fs::file_size(file, error), fs::last_write_time(file, error)});
  }
  return seen;
}

Status CalendarFiles::read() const {
  TRY_VALUE(const auto files, json_files(directory_));
  auto calendar = std::make_shared<WorkingDays>(calendar_);
  for (const fs::path& file : files) {
    TRY_VALUE(const auto text, read_config_file(file));
    if (const auto added = calendar->add(text); !added) {
      return fail(ErrorCode::invalid_request, file.string() + ": " + added.error().detail);
    }
  }
  const std::size_t years = calendar->years();
  log::write(years == 0 ? log::Level::warning : log::Level::info, "calendar_read",
             {{"calendar", calendar_}, {"years", static_cast<std::int64_t>(years)}});
  rule_->use(std::move(calendar));
  return {};
}

}  // namespace cardvault::api
