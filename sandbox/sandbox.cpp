#include "sandbox/sandbox.h"

#include <httplib.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <thread>
#include <utility>

#include "sandbox/desk.h"
#include "sandbox/interruptible.h"
#include "sandbox/routes.h"

namespace cardvault::sandbox {
namespace {

constexpr std::size_t kMaxBody = 64 * 1024;
/// Connections over the limit that wait for a thread. Further connections are closed at once.
constexpr std::size_t kWaitingConnections = 64;
/// Longer than the pauses of a caller that keeps its connections, so it rarely meets a closed one.
constexpr std::chrono::seconds kKeepAlive{60};
constexpr std::chrono::seconds kClientPatience{10};

}  // namespace

class Sandbox::Running {
 public:
  Running(const Settings& settings, const Clock& clock, RandomSource& random)
      : settings_(settings), desk_(settings, clock, random) {
    add_routes(server_, desk_, patience_);
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(std::numeric_limits<std::size_t>::max());
    server_.set_keep_alive_timeout(kKeepAlive.count());
    server_.set_read_timeout(kClientPatience);
    server_.set_write_timeout(kClientPatience);
    server_.set_payload_max_length(kMaxBody);
    // Not SO_REUSEPORT: with it, a second process could take the port too.
    server_.set_socket_options(
        [](socket_t socket) { httplib::set_socket_opt(socket, SOL_SOCKET, SO_REUSEADDR, 1); });
    server_.new_task_queue = [threads = settings_.connections] {
      return new httplib::ThreadPool(threads, threads, kWaitingConnections);
    };
  }
  ~Running() {
    patience_.interrupt();
    server_.stop();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] Status listen() {
    errno = 0;
    const int port = settings_.port == 0 ? server_.bind_to_any_port(settings_.host)
                     : server_.bind_to_port(settings_.host, settings_.port) ? settings_.port
                                                                            : -1;
    if (port < 0) {
      return fail(ErrorCode::internal,
                  "Cannot listen on " + settings_.host + ":" + std::to_string(settings_.port) +
                      ": " + (errno != 0 ? std::strerror(errno) : "no such address") + ".");
    }
    port_ = static_cast<std::uint16_t>(port);
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    server_.wait_until_ready();
    return {};
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const std::string& host() const { return settings_.host; }
  [[nodiscard]] const Desk& desk() const { return desk_; }

 private:
  const Settings settings_;
  Desk desk_;
  Interruptible patience_;
  httplib::Server server_;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

Result<std::unique_ptr<Sandbox>> Sandbox::start(const Settings& settings, const Clock& clock,
                                                RandomSource& random) {
  Settings parsed = settings;
  if (!settings.vault.empty()) {
    TRY_VALUE(auto url, parse_vault_url(settings.vault));
    parsed.vault = std::move(url);
  }
  auto running = std::make_unique<Running>(parsed, clock, random);
  TRY(running->listen());
  return std::unique_ptr<Sandbox>(new Sandbox(std::move(running)));
}

Sandbox::Sandbox(std::unique_ptr<Running> running) : running_(std::move(running)) {}
Sandbox::~Sandbox() = default;

std::uint16_t Sandbox::port() const {
  return running_->port();
}

std::string Sandbox::address() const {
  const std::string& host = running_->host();
  const bool needs_brackets = host.find(':') != std::string::npos;
  return (needs_brackets ? "[" + host + "]" : host) + ":" + std::to_string(port());
}

std::string Sandbox::public_key(ChannelIndex channel) const {
  return running_->desk().public_key(channel);
}

}  // namespace cardvault::sandbox
