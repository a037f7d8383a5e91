#pragma once

#include <httplib.h>

#include <chrono>
#include <vector>

#include "net/server/doorman.h"
#include "net/server/exchange.h"
#include "net/server/request_stream.h"
#include "net/server/server.h"

namespace cardvault {

/// httplib::Server with our handlers in its hooks and our rules for its connections. Our loop over
/// a connection's requests replaces httplib's loop. httplib goes on reading after a refusal with
/// Connection: close, from any position in the stream.
class HttplibServer final : public httplib::Server {
 public:
  /// Keeps references to `options` and `site`.
  HttplibServer(const ServerOptions& options, const std::vector<Route>& routes, Site& site);

  /// Ends listen_after_bind(), even if that call comes later; httplib's stop() would not.
  void close_listener();

 private:
  /// httplib dispatches a request with a body by its own routes. All of them lead to the same
  /// handler, because Exchange has found our route already.
  void dispatch_to_exchange(const Route& route);
  bool process_and_close_socket(socket_t socket) override;
  struct Served {
    bool goes_on;
    bool left_unread;  ///< part of the request may still be in flight
  };
  void serve(socket_t socket);
  /// True if the connection's next request begins within the idle time. False also if the server
  /// stops before.
  [[nodiscard]] bool awaits_request(socket_t socket) const;
  /// Refuses the one request of a connection over the limit. True if part of it may still follow.
  [[nodiscard]] bool turn_away(socket_t socket);
  [[nodiscard]] Served serve_request(RequestStream& from, std::chrono::milliseconds patience,
                                     bool turned_away);
  static void linger(socket_t socket);

  const ServerOptions& options_;
  Site& site_;
  Doorman doorman_;
};

}  // namespace cardvault
