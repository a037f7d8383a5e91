#include "net/server/httplib_server.h"

#include <cxxabi.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <typeinfo>
#include <utility>

#include "base/log.h"
#include "base/socket.h"
#include "base/worker_pool.h"
#include "crypto/secret.h"
#include "net/server/error_codes.h"
#include "net/server/request_checks.h"
#include "net/server/request_target.h"

namespace cardvault {
namespace {

using HandlerResponse = httplib::Server::HandlerResponse;
using std::chrono::milliseconds;

/// Timeout for the rest of a long head from a refused connection. It is short because one thread
/// answers all of them.
constexpr milliseconds kTurnAwayPatience{10};
/// Lingering close: time in which a refused client may go on sending. If the socket closed earlier,
/// the kernel would answer the client's bytes with a reset, and the client might never see the
/// refusal.
constexpr milliseconds kLinger{1000};
/// Interval at which a connection without a request checks if the server stops.
constexpr milliseconds kIdleSlice{100};
/// httplib copies the body through a buffer on the stack below our loop. This is more than it uses
/// there.
constexpr std::size_t kBodyStack = 48 * 1024;

/// True while this thread hands a connection over instead of serving it: no worker was free.
thread_local bool no_place = false;
thread_local Exchange* exchange = nullptr;
thread_local RequestStream* stream = nullptr;

[[gnu::noinline]] void wipe_stack_below() {
  std::array<std::uint8_t, kBodyStack> frames;
  wipe(frames);
}

class ConnectionQueue final : public httplib::TaskQueue {
 public:
  ConnectionQueue(std::size_t max_connections, Doorman& doorman)
      : served_(max_connections, 0), doorman_(doorman) {}

  bool enqueue(std::function<void()> serve) override {
    if (served_.offer(serve)) return true;
    no_place = true;
    serve();
    no_place = false;
    return true;
  }
  void shutdown() override {
    served_.shutdown();
    doorman_.stop();
  }

 private:
  WorkerPool served_;
  Doorman& doorman_;
};

Error refused_by_httplib(const httplib::Request& request, int status) {
  if (status == 404) return make_error(HttpError::route_not_found, kNoSuchPath);
  if (status == 413) return make_error(HttpError::body_too_large, kBodyLimit);
  if (status == 414)
    return make_error(HttpError::uri_too_long,
                      "The target is longer than 8192 bytes. Shorten the query.");
  if (stream->head_too_large() || request.headers.size() >= CPPHTTPLIB_HEADER_MAX_COUNT) {
    return make_error(
        HttpError::headers_too_large,
        "At most 100 header fields of 8 KiB each, 64 KiB in total. Send fewer or shorter ones.");
  }
  if (request.has_header("Transfer-Encoding")) {
    return make_error(HttpError::transfer_encoding_refused, kSendLength);
  }
  return make_error(
      HttpError::bad_http,
      "The request is not well-formed HTTP/1.1. Check the request line and the fields.");
}

HandlerResponse before_body(const httplib::Request& request, httplib::Response& response) {
  auto& mine = const_cast<httplib::Request&>(request);
  mine.ranges.clear();
  to_origin_form(mine);
  stream->end_head();
  const bool admitted = exchange->admit(request, response);
  if (admitted && exchange->expects_body()) {
    mine.body.reserve(request.get_header_value_u64("Content-Length"));
    return HandlerResponse::Unhandled;
  }
  if (admitted) exchange->handle(response);
  return HandlerResponse::Handled;
}

int before_continue(const httplib::Request& request, httplib::Response& response) {
  to_origin_form(const_cast<httplib::Request&>(request));
  return exchange->admit(request, response) ? 100 : response.status;
}

void after_body(const httplib::Request&, httplib::Response& response) {
  exchange->handle(response);
}

void after_exception(const httplib::Request& request, httplib::Response& response,
                     const std::exception_ptr&) {
  const auto* const type = abi::__cxa_current_exception_type();
  exchange->refuse(
      make_error(ErrorCode::internal, "The request could not be completed.",
                 OperatorText{std::string("exception ") + (type ? type->name() : "unknown")}),
      request, response);
}

HandlerResponse replace_own_answer(const httplib::Request& request, httplib::Response& response) {
  if (!exchange->answered()) {
    exchange->refuse(refused_by_httplib(request, response.status), request, response);
  }
  return HandlerResponse::Handled;
}

void before_writing(const httplib::Request& request, httplib::Response& response) {
  exchange->finish(request, response);
  const_cast<httplib::Request&>(request).body_consumed_ = true;
}

}  // namespace

HttplibServer::HttplibServer(const ServerOptions& options, const std::vector<Route>& routes,
                             Site& site)
    : options_(options),
      site_(site),
      doorman_([this](int socket) { return turn_away(socket); }, options.turn_away_patience) {
  set_pre_routing_handler(before_body);
  set_expect_100_continue_handler(before_continue);
  set_exception_handler(after_exception);
  set_error_handler(replace_own_answer);
  set_post_routing_handler(before_writing);
  for (const Route& route : routes) dispatch_to_exchange(route);
  set_keep_alive_timeout(options.keep_alive.count());
  set_read_timeout(options.read_timeout);
  set_write_timeout(options.read_timeout);
  set_payload_max_length(kMaxBody);
  set_tcp_nodelay(!options.unix_socket);
  set_socket_options(
      [](socket_t socket) { httplib::set_socket_opt(socket, SOL_SOCKET, SO_REUSEADDR, 1); });
  new_task_queue = [this] { return new ConnectionQueue(options_.max_connections, doorman_); };
}

void HttplibServer::dispatch_to_exchange(const Route& route) {
  if (route.method == Method::post) Post(route.pattern, after_body);
  if (route.method == Method::put) Put(route.pattern, after_body);
  if (route.method == Method::patch) Patch(route.pattern, after_body);
}

void HttplibServer::close_listener() {
  const socket_t socket = svr_sock_.exchange(INVALID_SOCKET);
  if (socket != INVALID_SOCKET) close_connection(socket);
}

bool HttplibServer::process_and_close_socket(socket_t socket) {
  if (no_place) {
    doorman_.take(socket);
    return true;
  }
  try {
    serve(socket);
  } catch (...) {
    log::write(log::Level::error, "connection_failed");
  }
  close_connection(socket);
  return true;
}

void HttplibServer::serve(socket_t socket) {
  RequestStream from(socket, options_.read_timeout);
  stream = &from;
  bool goes_on = true;
  while (goes_on && (from.is_readable() || awaits_request(socket))) {
    const Served served = serve_request(from, options_.read_timeout, false);
    if (served.left_unread) linger(socket);
    goes_on = served.goes_on;
  }
}

bool HttplibServer::awaits_request(socket_t socket) const {
  auto now = RequestStream::Clock::now();
  const auto end = now + options_.keep_alive;
  do {
    if (wait_for_socket(socket, POLLIN, std::min(now + kIdleSlice, end))) return true;
    now = RequestStream::Clock::now();
  } while (now < end && svr_sock_ != INVALID_SOCKET);
  return false;
}

bool HttplibServer::turn_away(socket_t socket) {
  try {
    RequestStream from(socket, kTurnAwayPatience);
    stream = &from;
    return serve_request(from, kTurnAwayPatience, true).left_unread;
  } catch (...) {
    log::write(log::Level::error, "connection_failed");
    return false;
  }
}

HttplibServer::Served HttplibServer::serve_request(RequestStream& from, milliseconds patience,
                                                   bool turned_away) {
  Exchange current(site_, turned_away);
  exchange = &current;
  from.begin(patience);
  bool ignored = false;
  const bool answered = process_request(from, {}, 0, {}, 0, false, ignored, nullptr);
  from.wipe_consumed();
  if (current.expects_body()) wipe_stack_below();
  return {.goes_on = answered && !current.closes(),
          .left_unread = answered && current.left_unread()};
}

void HttplibServer::linger(socket_t socket) {
  ::shutdown(socket, SHUT_WR);
  std::array<char, 4096> ignored;
  const auto end = RequestStream::Clock::now() + kLinger;
  while (RequestStream::Clock::now() < end && wait_for_socket(socket, POLLIN, end) &&
         ::recv(socket, ignored.data(), ignored.size(), 0) > 0) {
  }
  wipe(std::span(reinterpret_cast<std::uint8_t*>(ignored.data()), ignored.size()));
}

}  // namespace cardvault
