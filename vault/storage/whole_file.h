#pragma once

#include <filesystem>
#include <functional>

#include "base/result.h"

namespace cardvault {

/// Writes a file completely or not at all. `write` creates FILE.part. That file is then synced and
/// renamed to FILE. When this returns, the name is durable. An existing FILE.part is deleted first.
/// After an error neither file exists. One exception: if only the last sync, that of the directory,
/// fails, FILE exists.
///
/// If FILE existed before, this fails with write_conflict, and FILE is not changed. If the
/// directory is missing or not writable, it fails with store_unavailable. Other errors: those of
/// `write`. If two callers use the same name at once, one may delete the other's FILE.part. The
/// other then fails.
[[nodiscard]] Status write_whole_file(
    const std::filesystem::path& file,
    const std::function<Status(const std::filesystem::path& part)>& write);

}  // namespace cardvault
