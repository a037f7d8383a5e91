#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "api/cli/command.h"
#include "crypto/secret.h"

namespace cardvault::api {

// What the commands about seals ask the vault's owner and the people at the terminal.

/// The errors of Owner::ask.
[[nodiscard]] Result<nlohmann::json> ask_seal(const Common& common, const std::string& method,
                                              const std::string& target,
                                              const std::string& body = {});
/// POST with a body that is wiped.
[[nodiscard]] Result<nlohmann::json> tell_seal(const Common& common, const std::string& target,
                                               const SecretText& body);

/// The state of the seal on standard output, or the error; the exit status.
[[nodiscard]] int show_seal(const Common& common, const Result<nlohmann::json>& seal);

/// From a terminal what was typed, else the next line of standard input that is no remark; nothing
/// at its end.
[[nodiscard]] Result<std::optional<SecretText>> next_share(const std::string& prompt);

}  // namespace cardvault::api
