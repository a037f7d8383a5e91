#pragma once

#include <string>

#include "base/result.h"
#include "crypto/secret.h"

namespace cardvault::api {

/// Secrets typed by people. One line each, without its end; at most 1024 bytes, longer ones are
/// invalid_request. Buffers are wiped.

/// From the terminal this process belongs to, without echo. key_unavailable when there is none or
/// the person gave up (an empty line, end of file or Ctrl-C).
[[nodiscard]] Result<SecretText> ask_on_terminal(const std::string& prompt);

/// The next line of a file descriptor, read byte by byte so that nothing beyond it is taken.
/// key_unavailable at the end of the file or when it cannot be read.
[[nodiscard]] Result<SecretText> read_secret_line(int descriptor);

/// Shows a page and waits for Enter, then clears the screen and the lines scrolled off it.
/// key_unavailable when there is no terminal, or the person left the page otherwise (Ctrl-C, end of
/// file).
[[nodiscard]] Status show_on_terminal(const std::string& page);

}  // namespace cardvault::api
