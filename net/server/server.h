#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/server/http.h"

namespace cardvault {

struct ServerOptions {
  /// For TCP a host name or address; for a Unix socket its path.
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free port, see Server::port()
  bool unix_socket = false;
  /// Maximum number of connections served at once, with one thread each. Further connections get a
  /// 503 and are closed.
  std::uint32_t max_connections = 256;
  /// Timeout for the head of the request on such a further connection.
  std::chrono::milliseconds turn_away_patience{1000};
  /// Timeout for the whole head from its first byte, and again for the whole body. A client that
  /// takes longer is cut off without an answer, even if it drips bytes steadily. While the answer
  /// is sent, it is the timeout of each wait for the client.
  std::chrono::seconds read_timeout{5};
  /// Time for which an idle connection keeps its thread.
  std::chrono::seconds keep_alive{5};
  /// Time for which stop() waits for running requests.
  std::chrono::seconds drain{10};
  /// Exact origins from which browsers may call the front-end plane; by default there are none.
  std::vector<std::string> cors_origins = {};
  /// Called before every request that has a route. If it returns an error, this error is the
  /// answer.
  std::function<Status()> open = [] { return Status(); };
};

/// Report about an answered request. `route` is the pattern, "" if none matched.
struct Finished {
  std::string_view route;
  /// The requested method, as in "GET", even if it was refused. "other" for a method that is
  /// unknown here, so that a caller cannot invent labels for the metrics.
  std::string_view method;
  int status = 0;
  std::chrono::nanoseconds took{};
};

/// An HTTP/1.1 server over one route table. It refuses these requests itself, with a problem
/// document:
///
///   busy                       all connections are taken
///   shutting_down              the server stops
///   body_too_large             a body over 64 KiB
///   transfer_encoding_refused  Transfer-Encoding or Content-Encoding
///   length_required            POST, PUT or PATCH without Content-Length
///   unsupported_media_type     POST, PUT or PATCH with a body that is not application/json
///   headers_too_large          more than 100 fields, 8 KiB in one field or 64 KiB together
///   uri_too_long               a target over 8 KiB
///   route_not_found            an unknown path; also a path that changes by decoding
///   method_not_allowed         an unknown method of a known path; Allow lists the others
///   internal                   an exception from a handler
///   bad_http                   GET or DELETE with a body; a repeated or malformed Content-Length;
///                              Upgrade; HTTP/1.1 without Host; a second Host, Authorization,
///                              Device-Id, Idempotency-Key, Content-Type or Origin; a control
///                              character except tab, in a field value even percent-encoded;
///                              anything that cpp-httplib cannot read
///
/// If a refusal leaves part of a request unread, it ends the connection. HEAD is answered as GET
/// without the body. Field values arrive percent-decoded. Range and X-Forwarded-For have no effect.
///
/// Every answer carries Request-Id, Date and X-Content-Type-Options: nosniff. If the handler does
/// not set them, it also gets Cache-Control: no-store and a Vary with all fields that select an
/// answer. For an allowed origin it carries the fields that let the page read it. An allowed
/// preflight is answered even at the connection limit and while the server stops; otherwise the
/// page could not read why its request is refused. Bodies are wiped from memory after handling.
class Server {
 public:
  /// Binds at once, so a taken port is known here: `internal` with a readable detail. `internal`
  /// also as in RouteTable::compile(). A Unix socket file of a dead server is replaced; that of a
  /// live server is not. The new file has mode 0600.
  [[nodiscard]] static Result<std::unique_ptr<Server>> bind(
      ServerOptions options, const std::vector<Route>& routes,
      std::function<void(const Finished&)> observer);

  virtual ~Server() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Serves until stop(). Call it on its own thread.
  virtual void run() = 0;
  /// Stops the server and waits; safe from any thread. New requests get 503 shutting_down at once.
  /// Running requests may finish within `drain`. Then each connection ends after its present
  /// request, and run() returns. A handler cannot be interrupted, so each handler has its own
  /// timeouts. If stop() comes before run(), run() returns at once.
  virtual void stop() = 0;
};

}  // namespace cardvault
