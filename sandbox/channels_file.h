#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "sandbox/settings.h"

namespace cardvault::sandbox {

class Sandbox;

/// A vault's channels configuration in which every channel is this sandbox: `{channels: [{name,
/// close_url, completion: "response" or "callback", callback_key}]}`. Only callback channels have
/// the key, "whpk_...".
[[nodiscard]] std::string channels_configuration(const Sandbox& sandbox, const Settings& settings);

/// Replaces `file` in one step, so that a reader never sees half of it. Error: internal if it
/// cannot be written.
[[nodiscard]] Status write_file(const std::filesystem::path& file, const std::string& text);

}  // namespace cardvault::sandbox
