#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault {

/// Small files that only this user may read: root keys, shares, PINs. `what` names the file in
/// errors, as in "key file".

/// Creates it with mode 0600 and syncs it and its folder. store_unavailable when it exists already,
/// which is never overwritten, or cannot be written; nothing is left behind then.
[[nodiscard]] Status create_private_file(const std::filesystem::path& file, std::string_view text,
                                         std::string_view what);

/// The same in place of what is there, whole or not at all also when the machine fails meanwhile.
[[nodiscard]] Status replace_private_file(const std::filesystem::path& file, std::string_view text,
                                          std::string_view what);

/// Its text without the line end. key_unavailable when it is missing (the detail ends with
/// `if_missing`), is not a regular file, is not owned by this user, can be read or written by group
/// or others, or has more than `longest` bytes.
[[nodiscard]] Result<SecretText> read_private_file(const std::filesystem::path& file,
                                                   std::size_t longest, std::string_view what,
                                                   std::string_view if_missing = {});

}  // namespace cardvault
