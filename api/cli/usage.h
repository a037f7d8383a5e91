#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cardvault::api {

/// Exit status if the arguments or the configuration file are wrong.
inline constexpr int kUsageStatus = 2;

/// Explains why `app` rejected its arguments or its configuration file: the wrong word, the nearest
/// valid word, and what to do. `arguments` are those of main(), with the program's name first. Uses
/// the parser's message if only the parser knows the cause.
[[nodiscard]] std::string explain_usage(const CLI::App& app, const CLI::ParseError& error,
                                        std::span<char* const> arguments);

/// An environment variable that looks like an option, and the variable that was probably meant (""
/// if none is near).
struct UnknownVariable {
  std::string name;
  std::string meant;
};

/// The variables with the prefix CARDVAULT_ that nothing reads: no option of `app`, not the
/// sandbox, the scripts or the containers. `environment` is a list like `environ`, ended by a null
/// pointer.
[[nodiscard]] std::vector<UnknownVariable> unknown_variables(const CLI::App& app,
                                                             char* const* environment);

/// The candidate nearest to a misspelled `word`; nullopt if none is near.
[[nodiscard]] std::optional<std::string> nearest(const std::string& word,
                                                 const std::vector<std::string>& candidates);

}  // namespace cardvault::api
