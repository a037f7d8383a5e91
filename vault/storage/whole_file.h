#pragma once

#include <filesystem>
#include <functional>

#include "base/result.h"

namespace cardvault {

/// A file that comes to be whole or not at all: `write` makes FILE.part, which is then synced and
/// takes its name; the name is durable when this returns. A FILE.part that is there already is
/// thrown away first. After an error there is neither.
///
/// write_conflict when FILE is there: it is left as it is. store_unavailable when the directory is
/// missing or refuses it. Otherwise what `write` answers. Two at once with the same name: one may
/// throw away the other's part, which is then an error of that one.
[[nodiscard]] Status write_whole_file(
    const std::filesystem::path& file,
    const std::function<Status(const std::filesystem::path& part)>& write);

}  // namespace cardvault
