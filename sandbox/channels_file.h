#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "sandbox/settings.h"

namespace cardvault::sandbox {

class Sandbox;

/// A vault's channels configuration in which every channel is this sandbox: `{channels: [{name,
/// close_url, completion: "response" or "callback", callback_key}]}`, the key, "whpk_...", for
/// callback channels only.
[[nodiscard]] std::string channels_configuration(const Sandbox& sandbox, const Settings& settings);

/// Replaces `file` at once, so that nobody reads half of it. internal when it cannot be written.
[[nodiscard]] Status write_file(const std::filesystem::path& file, const std::string& text);

}  // namespace cardvault::sandbox
