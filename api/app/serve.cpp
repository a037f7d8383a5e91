#include "api/app/serve.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <thread>
#include <utility>

#include "api/app/channel_gateway.h"
#include "api/app/housekeeping.h"
#include "api/app/inspection.h"
#include "api/app/startup_gate.h"
#include "api/handlers/routes.h"
#include "api/json/json_writer.h"
#include "api/metrics/closure_metrics.h"
#include "api/metrics/metered_store.h"
#include "base/log.h"
#include "crypto/keys/error_codes.h"
#include "crypto/process_hardening.h"
#include "crypto/random.h"
#include "net/server/running_server.h"
#include "net/server/server.h"
#include "vault/cards/bank_catalogue.h"
#include "vault/closing/channel_directory.h"
#include "vault/closing/closure_worker.h"
#include "vault/closing/working_days.h"

namespace cardvault::api {
namespace {

namespace fs = std::filesystem;

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

/// Parses "127.0.0.1:8080" or "[::1]:8080".
Result<HostPort> parse_host_port(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  HostPort parsed;
  if (colon != std::string::npos && colon > 0) {
    parsed.host = text.substr(0, colon);
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, parsed.port);
    const bool bracketed = parsed.host.front() == '[' && parsed.host.back() == ']';
    if (bracketed) parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
    if (error == std::errc{} && stop == end && !parsed.host.empty()) return parsed;
  }
  return fail(ErrorCode::invalid_request, "\"" + text + "\" is not HOST:PORT.");
}

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

/// Blocks the stop signals in all threads started later; wait_for_stop() receives them. SIGPIPE and
/// SIGXFSZ are ignored: a closed connection or a file at its size limit is then only an error of
/// the call.
void settle_signals() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

/// Raises the limit of file descriptors to the hard limit: every connection needs one.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void wait_for_stop() {
  const sigset_t signals = stop_signals();
  int received = 0;
  sigwait(&signals, &received);
}

bool stop_within(std::chrono::milliseconds time) {
  const sigset_t signals = stop_signals();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const timespec wait{.tv_sec = seconds.count(),
                      .tv_nsec = std::chrono::nanoseconds(time - seconds).count()};
  return sigtimedwait(&signals, nullptr, &wait) > 0;
}

void announce(const ServeOptions& options, const std::string& listen, const std::string& admin,
              bool sealed) {
  log::write(log::Level::info, "serving",
             {{"listen", listen},
              {"admin_listen", admin},
              {"sealed", sealed},
              {"test_mode", options.test_mode}});
  if (options.test_mode) {
    log::write(log::Level::warning, "test_mode",
               {{"note", "any caller of the admin listener can move the clock"}});
  }
  JsonWriter out;
  out.open_object()
      .member("listen", listen)
      .member("admin_listen", admin)
      .member("sealed", sealed)
      .close_object();
  const std::string words = "listening on " + listen + ", admin on " + admin +
                            (sealed ? "; sealed: open it with `cardvault unseal`" : "");
  std::printf("%s\n", options.json ? out.take().c_str() : words.c_str());
  std::fflush(stdout);
}

/// Warns once at the start; otherwise each closure would report it separately.
void warn_of_refused_targets(const ChannelDirectory& channels, bool allowed) {
  if (allowed) return;
  for (const Channel channel : values_of(kChannelNames)) {
    const ChannelProfile* profile = channels.find(channel);
    if (profile == nullptr || !profile->close_url.starts_with("http:")) continue;
    log::write(log::Level::warning, "channel_target_refused",
               {{"channel", channel_name(channel)},
                {"note", "plain http targets need --allow-private-targets"}});
  }
}

void warn_of_key_file(const KeyringKeeper& keeper) {
  const auto head = keeper.head();
  if (!head || head->kind != SealKind::key_file) return;
  log::write(log::Level::warning, "seal_for_development",
             {{"note", "the root key is a file: a copy of it and of the data opens the vault"}});
}

std::string with_port(const std::string& text, std::uint16_t port) {
  return text.substr(0, text.rfind(':') + 1) + std::to_string(port);
}

Status check_memory_lock(const ServeOptions& options) {
  if (can_lock_memory(kLockedForKeys)) return {};
  const std::string need = std::to_string(kLockedForKeys / 1024) + " KiB";
  if (options.require_memory_lock) {
    return fail(ErrorCode::internal, "This process is not allowed to lock the " + need +
                                         " of memory that keys need. Raise its RLIMIT_MEMLOCK.");
  }
  log::write(log::Level::warning, "memory_not_locked",
             {{"note", "keys may be swapped out: raise RLIMIT_MEMLOCK"}});
  return {};
}

/// Sets up the whole process, and checks options that depend on each other.
Status prepare_process(const ServeOptions& options) {
  if (options.backoff.least > options.backoff.most) {
    return fail(
        ErrorCode::invalid_request,
        "--closure-backoff-min-s is greater than --closure-backoff-max-s. Correct one of them.");
  }
  if (!forbid_memory_dumps()) {
    return fail(ErrorCode::internal,
                "The kernel does not allow this process to forbid memory dumps.");
  }
  TRY(check_memory_lock(options));
  settle_signals();
  raise_file_limit();
  return {};
}

struct Listeners {
  HostPort listen;
  HostPort admin;
};

Result<Listeners> parse_listeners(const ServeOptions& options) {
  TRY_VALUE(auto listen, parse_host_port(options.listen));
  TRY_VALUE(auto admin, parse_host_port(options.admin_listen));
  return Listeners{std::move(listen), std::move(admin)};
}

/// Objects that exist before the vault is open.
struct Process {
  const ServeOptions& options;
  const HostPort& listen;
  Configuration& configuration;
  SystemRandom& random;
  const Clock& clock;
  Metrics& metrics;
  ClosureMetrics& closures;
  VerificationGate& gate;
  StartupGate& startup;
  const RunningServer& admin;
};

/// Loads the clients. Housekeeping loads them again every second, so the server starts even if the
/// store is unavailable for a moment or the vault is sealed.
Status first_look(ClientRegistry& clients) {
  auto loaded = clients.refresh();
  const bool may_pass = !loaded && (loaded.error().code == ErrorCode::store_unavailable ||
                                    loaded.error().code == KeyError::vault_sealed);
  return may_pass ? Status{} : loaded;
}

Status serve_vault(Process& process, OpenData& data) {
  const ServeOptions& options = process.options;
  Configuration& configuration = process.configuration;
  MeteredStore store(*data.store, process.metrics);
  const RecordSealer sealer(*data.keyring, process.random);
  const WholeVault vault({store, *data.keyring, sealer, process.clock, process.random},
                         configuration.channels, *configuration.deadlines, configuration.banks,
                         process.gate);
  ClientRegistry clients(store, sealer, process.random);
  TRY(first_look(clients));
  TRY(require_known_layout(vault));

  Inspection inspection(vault, process.metrics, options.check_rate, data.keeper->shared());
  const Service service{
      vault, clients, {options.backoff, process.closures}, process.metrics, inspection.audits};
  KeyJobs jobs(vault, clients, *data.keeper, KeyJobs::Run::background);
  KeyRotation rotation(*data.keyring, *data.keeper, jobs, process.clock, options.key_rotation);
  const AdminService admin{
      vault, clients, *data.keeper, jobs, options.paths.seal, inspection.verify};
  const auto observe = [&](const Finished& done) { process.metrics.request_finished(done); };
  TRY_VALUE(auto socket_server,
            Server::bind({.host = options.paths.socket().string(), .unix_socket = true},
                         socket_routes(admin), [](const Finished&) {}));
  TRY_VALUE(auto public_server, Server::bind({.host = process.listen.host,
                                              .port = process.listen.port,
                                              .max_connections = options.max_connections,
                                              .cors_origins = options.cors_origins,
                                              .open = [&] { return process.startup.open(); }},
                                             public_routes(service), observe));

  warn_of_key_file(*data.keeper);
  warn_of_refused_targets(configuration.channels, options.allow_private_targets);
  HttpChannelGateway gateway(*data.keyring, resolve_by_system,
                             {.allow_private_targets = options.allow_private_targets});
  const ClosureWorker worker(vault, gateway, process.closures, {.backoff = options.backoff});
  const Housekeeping housekeeping(vault, clients, *data.keeper, rotation, configuration.calendars,
                                  process.closures, options.backoff);
  const RunningServer running_socket(std::move(socket_server));
  RunningServer running_public(std::move(public_server));
  process.startup.opened(data);
  announce(options, with_port(options.listen, running_public.port()),
           with_port(options.admin_listen, process.admin.port()), !data.keyring->is_open());
  wait_for_stop();
  const bool failed = running_socket.ended() || process.admin.ended() || running_public.ended();
  log::write(log::Level::info, "stopping", {{"listener_failed", failed}});
  process.startup.close();
  running_public.stop();
  if (failed) return fail(ErrorCode::internal, "A listener ended unexpectedly. See the log.");
  return {};
}

}  // namespace

std::uint32_t default_verification_threads() {
  return std::max(1U, std::thread::hardware_concurrency() / 2);
}

Status serve(const ServeOptions& options) {
  TRY(prepare_process(options));
  TRY_VALUE(const auto listeners, parse_listeners(options));
  TRY_VALUE(auto configuration, Configuration::load(options.files));

  SystemRandom random;
  const SystemClock system_clock;
  AdjustableClock clock(system_clock);
  Metrics metrics;
  ClosureMetrics closures;
  VerificationGate gate(options.verification_threads, options.verification_queue);
  StartupGate startup;
  const ProbeService probes{metrics,
                            closures,
                            gate,
                            clock,
                            [&] { return startup.key_metrics(clock.now()); },
                            [&] { return startup.ready(); },
                            options.test_mode ? &clock : nullptr};
  TRY_VALUE(auto admin_server,
            Server::bind({.host = listeners.admin.host, .port = listeners.admin.port},
                         admin_routes(probes), [](const Finished&) {}));
  std::optional<OpenData> data;  // outlives `admin`, because its probes read the data
  const RunningServer admin(std::move(admin_server));
  const auto admin_address = with_port(options.admin_listen, admin.port());
  log::write(log::Level::info, "starting", {{"admin_listen", std::string_view(admin_address)}});

  TRY_VALUE(auto opened, startup.open_data(options.paths, random, clock, stop_within));
  if (!opened) return {};
  data.emplace(std::move(*opened));
  Process process{options, listeners.listen, configuration, random,  clock,
                  metrics, closures,         gate,          startup, admin};
  return serve_vault(process, *data);
}

}  // namespace cardvault::api
