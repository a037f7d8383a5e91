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
  /// A host name or address for TCP; the path of the socket for a Unix one.
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one, see Server::port()
  bool unix_socket = false;
  /// Connections served at once, each by a thread; the next ones get a 503 and are closed.
  std::uint32_t max_connections = 256;
  /// How long one of those next ones may take to send the head of its request.
  std::chrono::milliseconds turn_away_patience{1000};
  /// For all of a request's head from its first byte, again for all of its body, and for sending
  /// the answer. A slower client is cut off without one, however steadily it drips.
  std::chrono::seconds read_timeout{5};
  /// How long an idle connection keeps its thread.
  std::chrono::seconds keep_alive{5};
  /// How long stop() waits for running requests.
  std::chrono::seconds drain{10};
  /// Exact origins that browsers may call the front-end plane from; none by default.
  std::vector<std::string> cors_origins = {};
  /// Asked before every request of a known path; what it answers with is the answer.
  std::function<Status()> open = [] { return Status(); };
};

/// What is known of a request when its answer has been made. `route` is the pattern, "" when none
/// matched.
struct Finished {
  std::string_view route;
  /// The method asked for, as in "GET", also when it was refused; "other" for one that HTTP does
  /// not use here, so that a caller cannot make up metrics.
  std::string_view method;
  int status = 0;
  std::chrono::nanoseconds took{};
};

/// An HTTP/1.1 server over one route table. What it refuses by itself, with a problem document:
/// bodies over 64 KiB (body_too_large), Transfer-Encoding and Content-Encoding on requests
/// (transfer_encoding_refused), POST/PUT/PATCH without Content-Length (length_required) or with a
/// body that is not application/json (unsupported_media_type), GET/DELETE with a body, repeated or
/// malformed Content-Length, Upgrade, a second Host, Authorization, Device-Id, Idempotency-Key,
/// Content-Type or Origin, control characters also where a value is percent-encoded, and whatever
/// cpp-httplib cannot read (bad_http), more than 100 header fields, 8 KiB in one or 64 KiB together
/// (headers_too_large), targets over 8 KiB (uri_too_long), unknown paths (route_not_found) and
/// methods (method_not_allowed with Allow), exceptions out of a handler (internal). A refusal that
/// leaves part of a request unread ends the connection. HEAD is answered as GET without the body. A
/// path that changes by decoding has no route; field values arrive percent-decoded; Range and
/// X-Forwarded-For have no effect. Every answer carries Request-Id, Date, X-Content-Type-Options:
/// nosniff and, unless the handler set them, Cache-Control: no-store and a Vary of all that selects
/// an answer; to an allowed origin also the fields that let the page read it. An allowed preflight
/// is answered at the connection limit and while stopping too: only then can the page read why the
/// request itself is refused. Bodies are wiped from memory after handling.
class Server {
 public:
  /// Binds at once, so a taken port is known here: store_unavailable is never used, `internal` with
  /// a readable detail is. A Unix socket file that a dead server left is replaced, a live server's
  /// is not; the new one has mode 0600. `internal` too when two routes have one method and pattern.
  [[nodiscard]] static Result<std::unique_ptr<Server>> bind(
      ServerOptions options, const std::vector<Route>& routes,
      std::function<void(const Finished&)> observer);

  virtual ~Server() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Serves until stop(); call on a thread of its own.
  virtual void run() = 0;
  /// From any thread, waiting: new requests get 503 shutting_down at once, running ones may finish
  /// within `drain`; then connections end with the request they are at and run() returns. A handler
  /// cannot be interrupted, so each has its own time limits. Before run(): run() returns at once.
  virtual void stop() = 0;
};

}  // namespace cardvault
