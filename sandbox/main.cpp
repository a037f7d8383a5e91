#include <signal.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "crypto/random.h"
#include "sandbox/channels_file.h"
#include "sandbox/options.h"
#include "sandbox/sandbox.h"

namespace {

using namespace cardvault;
using namespace cardvault::sandbox;

int report(const Error& error) {
  std::fprintf(stderr, "cardvault-sandbox: %s\n", error.detail.c_str());
  return 1;
}

/// Blocks the stop signals in all threads started later; run() receives them with sigwait().
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

void announce(const std::string& address, bool as_json) {
  const std::string line =
      as_json ? nlohmann::json{{"listen", address}}.dump() : "listening on " + address;
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

int run(const Options& options) {
  const sigset_t signals = block_stop_signals();
  if (!init_crypto())
    return report(make_error(ErrorCode::internal, "libsodium cannot be initialized."));
  SystemRandom random;
  const SystemClock clock;
  const auto sandbox = Sandbox::start(options.settings, clock, random);
  if (!sandbox) return report(sandbox.error());
  if (!options.channels_file.empty()) {
    const auto written =
        write_file(options.channels_file, channels_configuration(**sandbox, options.settings));
    if (!written) return report(written.error());
  }
  log::write(log::Level::info, "serving", {{"listen", (*sandbox)->address()}});
  announce((*sandbox)->address(), options.json);
  int received = 0;
  sigwait(&signals, &received);
  log::write(log::Level::info, "stopping");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  return options ? run(*options) : options.error();
}
