#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "api/cli/command.h"
#include "crypto/secret.h"

namespace cardvault::api {

// Requests about seals to the vault's owner, and questions to the person at the terminal.

/// Errors: those of Owner::ask.
[[nodiscard]] Result<nlohmann::json> ask_seal(const Common& common, const std::string& method,
                                              const std::string& target,
                                              const std::string& body = {});
/// POST with a body; wipes its copy of the body.
[[nodiscard]] Result<nlohmann::json> tell_seal(const Common& common, const std::string& target,
                                               const SecretText& body);

/// Prints the state of the seal, or the error. Returns the exit status.
[[nodiscard]] int show_seal(const Common& common, const Result<nlohmann::json>& seal);

/// Asks for a share on a terminal; otherwise returns the next line of standard input that does not
/// begin with '#'. nullopt at its end.
[[nodiscard]] Result<std::optional<SecretText>> next_share(const std::string& prompt);

}  // namespace cardvault::api
