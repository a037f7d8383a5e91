#include "net/server/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "base/log.h"
#include "net/server/httplib_server.h"

namespace cardvault {
namespace {

constexpr std::chrono::milliseconds kDrainCheck{5};
constexpr std::chrono::seconds kProbe{1};

std::string without_brackets(const std::string& host) {
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  return bracketed ? host.substr(1, host.size() - 2) : host;
}

/// True for a socket file on which no process listens any more.
bool is_left_over(const std::string& path) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return false;
  httplib::Client probe(path);
  probe.set_address_family(AF_UNIX);
  probe.set_max_timeout(kProbe);
  return probe.Get("/").error() == httplib::Error::Connection;
}

class HttpServer final : public Server {
 public:
  HttpServer(ServerOptions options, RouteTable table, const std::vector<Route>& routes,
             std::function<void(const Finished&)> observer)
      : options_(std::move(options)),
        site_{.routes = std::move(table),
              .cors = Cors(options_.cors_origins),
              .open = options_.open,
              .observer = std::move(observer)},
        http_(options_, routes, site_) {}
  ~HttpServer() override {
    http_.close_listener();
    if (owns_socket_file_) ::unlink(options_.host.c_str());
  }

  [[nodiscard]] Status listen();
  [[nodiscard]] std::uint16_t port() const override { return port_; }
  void run() override;
  void stop() override;

 private:
  [[nodiscard]] bool bind_unix_socket();
  [[nodiscard]] bool bind_port();

  const ServerOptions options_;
  Site site_;
  HttplibServer http_;
  std::uint16_t port_ = 0;
  bool owns_socket_file_ = false;
};

Status HttpServer::listen() {
  errno = 0;
  if (options_.unix_socket ? bind_unix_socket() : bind_port()) return {};
  const std::string where =
      options_.unix_socket ? options_.host : options_.host + ":" + std::to_string(options_.port);
  return fail(ErrorCode::internal, "Cannot listen on " + where + ": " +
                                       (errno != 0 ? std::strerror(errno) : "no such address"));
}

bool HttpServer::bind_port() {
  const std::string host = without_brackets(options_.host);
  int port = options_.port;
  if (port == 0) {
    port = http_.bind_to_any_port(host);
  } else if (!http_.bind_to_port(host, port)) {
    port = -1;
  }
  if (port > 0) port_ = static_cast<std::uint16_t>(port);
  return port > 0;
}

bool HttpServer::bind_unix_socket() {
  if (is_left_over(options_.host)) ::unlink(options_.host.c_str());
  http_.set_address_family(AF_UNIX);
  const auto mask = ::umask(0177);
  owns_socket_file_ = http_.bind_to_port(options_.host, 1);
  ::umask(mask);
  return owns_socket_file_;
}

void HttpServer::run() {
  http_.listen_after_bind();
  if (!site_.draining) log::write(log::Level::error, "listener_failed");
}

void HttpServer::stop() {
  site_.draining = true;
  const auto end = std::chrono::steady_clock::now() + options_.drain;
  while (site_.in_flight > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(kDrainCheck);
  }
  if (site_.in_flight > 0) log::write(log::Level::warning, "drain_cut_short");
  http_.close_listener();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::bind(ServerOptions options,
                                             const std::vector<Route>& routes,
                                             std::function<void(const Finished&)> observer) {
  TRY_VALUE(auto table, RouteTable::compile(routes));
  auto server = std::make_unique<HttpServer>(std::move(options), std::move(table), routes,
                                             std::move(observer));
  TRY(server->listen());
  return server;
}

}  // namespace cardvault
