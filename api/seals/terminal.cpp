#include "api/seals/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/descriptor.h"
#include "crypto/error_codes.h"

namespace cardvault::api {
namespace {

constexpr std::size_t kLongestLine = 1024;
constexpr char kInterrupt = 3;
// ECMA-48: erase the display and xterm's scrollback, then move the cursor to the top left.
constexpr std::string_view kClear = "\033[2J\033[3J\033[H";

std::unexpected<Error> nothing_given() {
  return fail(CryptoError::key_unavailable, "The input is empty.");
}

class Terminal {
 public:
  Terminal() : tty_("/dev/tty", O_RDWR | O_NOCTTY) {}
  ~Terminal() {
    if (before_) ::tcsetattr(descriptor(), TCSAFLUSH, &*before_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] bool is_open() const { return tty_.is_open(); }
  [[nodiscard]] int descriptor() const { return tty_.number(); }
  /// Turns echo off and makes Ctrl-C a character that ends the line. As a signal it would end the
  /// process and leave the terminal without echo.
  [[nodiscard]] bool hide() {
    termios settings{};
    if (::tcgetattr(descriptor(), &settings) != 0) return false;
    before_ = settings;
    settings.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    settings.c_cc[VEOL] = kInterrupt;
    return ::tcsetattr(descriptor(), TCSAFLUSH, &settings) == 0;
  }

 private:
  const Descriptor tty_;
  std::optional<termios> before_;
};

/// Reasons why read_line() stops.
enum class End : std::uint8_t { line, file, interrupt, no_room };

struct Line {
  std::size_t size = 0;
  End end = End::line;
};

Line read_line(int descriptor, std::span<char> room) {
  std::size_t size = 0;
  while (true) {
    char c = 0;
    const ssize_t got = ::read(descriptor, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {size, End::file};
    if (c == '\n') return {size, End::line};
    if (c == kInterrupt) return {0, End::interrupt};
    if (size == room.size()) return {size, End::no_room};
    room[size++] = c;
  }
}

std::unexpected<Error> no_terminal() {
  return fail(CryptoError::key_unavailable,
              "This process has no terminal for the prompt. Use a file or file descriptor option.");
}

}  // namespace

Result<SecretText> read_secret_line(int descriptor) {
  std::array<char, kLongestLine> room{};
  const WipeAtEnd wiped(room);
  const Line got = read_line(descriptor, room);
  if (got.end == End::no_room) {
    return fail(ErrorCode::invalid_request, "The line is too long for a secret.");
  }
  std::string_view line(room.data(), got.size);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return nothing_given();
  return SecretText(line);
}

Result<SecretText> ask_on_terminal(const std::string& prompt) {
  Terminal terminal;
  if (!terminal.is_open() || !terminal.hide()) return no_terminal();
  if (!write_all(terminal.descriptor(), prompt)) return no_terminal();
  auto line = read_secret_line(terminal.descriptor());
  (void)write_all(terminal.descriptor(), "\n");
  return line;
}

Status show_on_terminal(const std::string& page) {
  Terminal terminal;
  if (!terminal.is_open() || !terminal.hide()) return no_terminal();
  if (!write_all(terminal.descriptor(), page)) return no_terminal();
  std::array<char, kLongestLine> room{};
  const End end = read_line(terminal.descriptor(), room).end;
  (void)write_all(terminal.descriptor(), kClear);
  if (end == End::line) return {};
  return fail(CryptoError::key_unavailable, "The share was not confirmed with Enter.");
}

}  // namespace cardvault::api
