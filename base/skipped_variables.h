#pragma once

#include <cstdlib>
#include <string>

namespace cardvault {

/// Gives the options of a parsed CLI::App, and of the commands that were named, the values of their
/// environment variables that CLI11 skips: from version 2.2 on it holds the text of a variable, a
/// list as a whole, against the option's checks, and goes on without it when one fails. To be
/// called after parse(); throws the ParseError that the same text on the command line would have
/// caused.
template <class App>
void take_skipped_variables(App& app) {
  for (auto* option : app.get_options()) {
    const std::string name = option->get_envname();
    const char* const value = name.empty() ? nullptr : std::getenv(name.c_str());
    if (value == nullptr || *value == '\0' || option->count() > 0) continue;
    option->run_callback_for_default()->default_val(std::string(value));
  }
  for (auto* command : app.get_subcommands()) take_skipped_variables(*command);
}

}  // namespace cardvault
