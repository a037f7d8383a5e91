#pragma once

#include <cstdlib>
#include <string>

namespace cardvault {

/// From version 2.2 on, CLI11 checks the text of an environment variable against the option's
/// checks, and takes a list as one text. If a check fails, CLI11 ignores the variable silently.
/// This function applies such variables to the options of a parsed CLI::App and of the commands
/// that were named. Call it after parse(). It throws the ParseError that the same text on the
/// command line would cause.
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
