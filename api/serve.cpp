#include "api/serve.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <thread>
#include <utility>

#include "api/closure_metrics.h"
#include "api/housekeeping.h"
#include "api/json_writer.h"
#include "api/metered_store.h"
#include "api/outbound/channel_gateway.h"
#include "api/routes.h"
#include "api/server.h"
#include "base/log.h"
#include "crypto/process_hardening.h"
#include "crypto/random.h"
#include "vault/closing/closure_worker.h"

namespace cardvault::api {
namespace {

namespace fs = std::filesystem;

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

/// "127.0.0.1:8080" or "[::1]:8080".
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

/// In every thread started from here on; wait_for_stop() takes them. A peer that went away and a
/// file that may not grow are errors of the call that met them, not ends of the process.
void settle_signals() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

/// Every connection is a file descriptor: take as many as the system allows this process.
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

/// A server with the thread that runs it; stops when destroyed. One that ends by itself asks the
/// process to stop: a vault that no longer listens must not look alive.
class RunningServer {
 public:
  explicit RunningServer(std::unique_ptr<Server> server)
      : server_(std::move(server)), thread_([this] {
          server_->run();
          ended_ = true;
          ::kill(::getpid(), SIGTERM);
        }) {}
  ~RunningServer() {
    server_->stop();
    thread_.join();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  void stop() { server_->stop(); }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  std::unique_ptr<Server> server_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

void announce(const ServeOptions& options, const std::string& listen, const std::string& admin) {
  log::write(log::Level::info, "serving",
             {{"listen", listen}, {"admin_listen", admin}, {"test_mode", options.test_mode}});
  if (options.test_mode) {
    log::write(log::Level::warning, "test_mode",
               {{"note", "anyone who reaches the admin listener moves the clock"}});
  }
  JsonWriter out;
  out.open_object().member("listen", listen).member("admin_listen", admin).close_object();
  std::printf("%s\n", options.json ? out.take().c_str()
                                   : ("listening on " + listen + ", admin on " + admin).c_str());
  std::fflush(stdout);
}

/// Told at the start, because closures would only say so one by one.
void warn_of_refused_targets(const ChannelDirectory& channels, bool allowed) {
  for (std::size_t i = 0; i < kChannelNames.size() && !allowed; ++i) {
    const ChannelProfile* profile = channels.find(static_cast<Channel>(i));
    if (profile == nullptr || !profile->close_url.starts_with("http:")) continue;
    log::write(log::Level::warning, "channel_target_refused",
               {{"channel", kChannelNames.at(i)},
                {"note", "plain http is only called with --allow-private-targets"}});
  }
}

std::string with_port(const std::string& text, std::uint16_t port) {
  return text.substr(0, text.rfind(':') + 1) + std::to_string(port);
}

/// What holds for the whole process, and what no single option can be checked for.
Status prepare_process(const ServeOptions& options) {
  if (options.backoff.least > options.backoff.most) {
    return fail(ErrorCode::invalid_request, "The closure backoff's minimum is above its maximum.");
  }
  if (!forbid_memory_dumps()) {
    return fail(ErrorCode::internal, "The kernel does not let this process forbid memory dumps.");
  }
  settle_signals();
  raise_file_limit();
  return {};
}

}  // namespace

std::uint32_t default_verification_threads() {
  return std::max(1U, std::thread::hardware_concurrency() / 2);
}

Status serve(const ServeOptions& options) {
  if (const auto prepared = prepare_process(options); !prepared) return prepared;
  const auto listen = parse_host_port(options.listen);
  if (!listen) return fail(listen.error());
  const auto admin_listen = parse_host_port(options.admin_listen);
  if (!admin_listen) return fail(admin_listen.error());
  auto configuration = Configuration::load(options.files);
  if (!configuration) return fail(configuration.error());

  SystemRandom random;
  const SystemClock system_clock;
  AdjustableClock clock(system_clock);
  auto data = open_data(options.paths, random, clock.now());
  if (!data) return fail(data.error());
  Metrics metrics;
  MeteredStore store(*data->store, metrics);
  const RecordSealer sealer(data->keyring, random);
  VerificationGate gate(options.verification_threads, options.verification_queue);
  const Vault vault{store,
                    data->keyring,
                    sealer,
                    clock,
                    random,
                    gate,
                    configuration->banks,
                    configuration->channels,
                    *configuration->deadlines};
  ClientRegistry clients(store, sealer, random);
  if (const auto loaded = clients.refresh(); !loaded) return fail(loaded.error());

  ClosureMetrics closure_metrics;
  const Service service{vault, clients, {options.backoff, closure_metrics}};
  std::atomic<bool> accepting{true};
  const AdminService admin{vault,           clients,   metrics,
                           closure_metrics, accepting, options.test_mode ? &clock : nullptr};
  const auto observe = [&](const Finished& finished) { metrics.request_finished(finished); };
  auto socket_server = Server::bind({.host = options.paths.socket().string(), .unix_socket = true},
                                    socket_routes(admin), [](const Finished&) {});
  if (!socket_server) return fail(socket_server.error());
  auto admin_server = Server::bind({.host = admin_listen->host, .port = admin_listen->port},
                                   admin_routes(admin), [](const Finished&) {});
  if (!admin_server) return fail(admin_server.error());
  auto public_server = Server::bind({.host = listen->host,
                                     .port = listen->port,
                                     .max_connections = options.max_connections,
                                     .cors_origins = options.cors_origins},
                                    public_routes(service), observe);
  if (!public_server) return fail(public_server.error());

  warn_of_refused_targets(configuration->channels, options.allow_private_targets);
  HttpChannelGateway gateway(data->keyring, resolve_by_system,
                             {.allow_private_targets = options.allow_private_targets});
  const ClosureWorker worker(vault, gateway, closure_metrics, {.backoff = options.backoff});
  const Housekeeping housekeeping(vault, clients, configuration->calendars, closure_metrics,
                                  options.backoff);
  RunningServer running_socket(std::move(*socket_server));
  RunningServer running_admin(std::move(*admin_server));
  RunningServer running_public(std::move(*public_server));
  announce(options, with_port(options.listen, running_public.port()),
           with_port(options.admin_listen, running_admin.port()));
  wait_for_stop();
  const bool failed = running_socket.ended() || running_admin.ended() || running_public.ended();
  log::write(log::Level::info, "stopping", {{"listener_failed", failed}});
  accepting = false;
  running_public.stop();
  if (failed) return fail(ErrorCode::internal, "A listener ended by itself; see the log.");
  return {};
}

}  // namespace cardvault::api
