#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cardvault::api {

/// The exit status of a program that was called in a way it does not understand.
inline constexpr int kUsageStatus = 2;

/// Why `app` refused its arguments or its configuration file, in words for the caller: the word
/// that is wrong, the nearest right one, and what to do. `arguments` are those of main(), the
/// program's name first. For what is only known to the parser, its own words.
[[nodiscard]] std::string explain_usage(const CLI::App& app, const CLI::ParseError& error,
                                        std::span<char* const> arguments);

/// A variable of the environment that looks like an option, and the option's variable that was
/// probably meant; empty when none is near.
struct UnknownVariable {
  std::string name;
  std::string meant;
};

/// The variables with the prefix CARDVAULT_ that no option of `app` reads, nor the sandbox, the
/// scripts or the stack in containers. `environment` is a list as `environ`, ended by a null
/// pointer.
[[nodiscard]] std::vector<UnknownVariable> unknown_variables(const CLI::App& app,
                                                             char* const* environment);

/// The candidate that `word` is most likely a misspelling of; nullopt when none is near.
[[nodiscard]] std::optional<std::string> nearest(const std::string& word,
                                                 const std::vector<std::string>& candidates);

}  // namespace cardvault::api
