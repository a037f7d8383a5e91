#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// Small files that only this user may read: root keys, shares, PINs. Errors call the file `what`,
/// as in "key file".

/// Creates the file with mode 0600 and syncs it and its folder. store_unavailable if the file
/// exists, because it is never overwritten, or if it cannot be written. After a failed write no
/// file is left behind.
[[nodiscard]] Status create_private_file(const std::filesystem::path& file, std::string_view text,
                                         std::string_view what);

/// Replaces an existing file in the same way. Even if the machine fails meanwhile, the file holds
/// either the old text or the new one.
[[nodiscard]] Status replace_private_file(const std::filesystem::path& file, std::string_view text,
                                          std::string_view what);

/// Returns the text without the line end. key_unavailable if the file is missing (the detail then
/// ends with `if_missing`), is not a regular file, belongs to another user, gives group or others
/// any permission, or has more than `longest` bytes.
[[nodiscard]] Result<SecretText> read_private_file(const std::filesystem::path& file,
                                                   std::size_t longest, std::string_view what,
                                                   std::string_view if_missing = {});

}  // namespace cardvault
