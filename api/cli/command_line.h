#pragma once

namespace cardvault::api {

/// The `cardvault` program: parses the arguments and runs one command. The result goes to standard
/// output, messages to standard error. Returns 0 on success, 1 if the command failed, 2 if the
/// arguments or the configuration file are wrong.
[[nodiscard]] int run_command_line(int argc, char** argv);

}  // namespace cardvault::api
