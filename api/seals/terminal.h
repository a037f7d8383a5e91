#pragma once

#include <string>

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault::api {

/// Secrets that people type: one line each, without its end. A line of more than 1024 bytes is
/// invalid_request. Buffers are wiped.

/// Asks on the terminal of this process, without echo. Error: key_unavailable if there is no
/// terminal or the person gave up (an empty line, end of file or Ctrl-C).
[[nodiscard]] Result<SecretText> ask_on_terminal(const std::string& prompt);

/// The next line of a file descriptor. It is read byte by byte, so that nothing after it is
/// consumed. Error: key_unavailable for an empty line, at the end of the file or if it cannot be
/// read.
[[nodiscard]] Result<SecretText> read_secret_line(int descriptor);

/// Shows a page, waits for Enter, then clears the screen and the scrollback. Error: key_unavailable
/// if there is no terminal, or if the person left the page in another way (Ctrl-C, end of file).
[[nodiscard]] Status show_on_terminal(const std::string& page);

}  // namespace cardvault::api
