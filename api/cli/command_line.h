#pragma once

namespace cardvault::api {

/// The `cardvault` program: parses, runs one command, prints its result on standard output and its
/// messages on standard error. 0 on success, 1 when the command failed, 2 for arguments or a
/// configuration file that it does not understand.
[[nodiscard]] int run_command_line(int argc, char** argv);

}  // namespace cardvault::api
