#include "api/seals/terminal.h"

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "crypto/error_codes.h"

using namespace cardvault;
using namespace cardvault::api;

namespace {

struct Session {
  std::string shown;  ///< everything that the terminal showed
  int status = -1;    ///< the exit status of the process at the terminal
};

/// Runs `work` in a process with its own terminal. Types `keys` there once `cue` is on the screen.
Session at_a_terminal(const std::function<int()>& work, std::string_view cue,
                      std::string_view keys) {
  int screen = -1;
  const pid_t child = ::forkpty(&screen, nullptr, nullptr, nullptr);
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(work());
  Session session;
  bool typed = false;
  char room[256];
  for (ssize_t got = 0; (got = ::read(screen, room, sizeof room)) > 0;) {
    session.shown.append(room, static_cast<std::size_t>(got));
    if (typed || !session.shown.contains(cue)) continue;
    typed = true;
    REQUIRE(::write(screen, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
  }
  ::close(screen);
  int ended = 0;
  REQUIRE(::waitpid(child, &ended, 0) == child);
  session.status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
  return session;
}

int show_page() {
  return show_on_terminal("the secret\npress Enter\n") ? 0 : 1;
}

int ask() {
  const auto text = ask_on_terminal("Passphrase: ");
  if (!text) return text.error().code == CryptoError::key_unavailable ? 1 : 2;
  return text->expose() == "correct horse" ? 0 : 3;
}

}  // namespace

TEST_CASE("terminal: a page is cleared after Enter") {
  const Session session = at_a_terminal(show_page, "press Enter", "\n");
  CHECK(session.status == 0);
  CHECK(session.shown.contains("the secret"));
  CHECK(session.shown.ends_with("\033[2J\033[3J\033[H"));
}

TEST_CASE("terminal: leaving a page by Ctrl-C or end of file is a failure") {
  for (const std::string_view keys : {"\x03", "\x04", "no\x03"}) {
    const Session session = at_a_terminal(show_page, "press Enter", keys);
    CHECK(session.status == 1);
    CHECK(session.shown.ends_with("\033[2J\033[3J\033[H"));
  }
}

TEST_CASE("terminal: typed text is read and not shown, Ctrl-C or an empty line gives up") {
  const Session typed = at_a_terminal(ask, "Passphrase: ", "correct horse\n");
  CHECK(typed.status == 0);
  CHECK_FALSE(typed.shown.contains("horse"));
  CHECK(at_a_terminal(ask, "Passphrase: ", "correct\x03").status == 1);
  CHECK(at_a_terminal(ask, "Passphrase: ", "\n").status == 1);
}
