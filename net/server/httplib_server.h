#pragma once

#include <httplib.h>

#include <chrono>
#include <vector>

#include "net/server/doorman.h"
#include "net/server/exchange.h"
#include "net/server/request_stream.h"
#include "net/server/server.h"

namespace cardvault {

/// httplib::Server with our handlers in its hooks and our rules for its connections. The loop over
/// a connection's requests replaces httplib's, which goes on reading requests after a refusal
/// (whose answer says Connection: close), from wherever in the stream it happens to be.
class HttplibServer final : public httplib::Server {
 public:
  /// Keeps references to `options` and `site`.
  HttplibServer(const ServerOptions& options, const std::vector<Route>& routes, Site& site);

  /// Ends listen_after_bind(), also one that begins later: httplib's stop() would not.
  void close_listener();

 private:
  /// httplib finds its own way to the handler of a request with a body; which one it is for us,
  /// Exchange already knows.
  void dispatch_to_exchange(const Route& route);
  bool process_and_close_socket(socket_t socket) override;
  struct Served {
    bool goes_on;
    bool left_unread;  ///< part of the request may still be on its way
  };
  void serve(socket_t socket);
  /// True when the connection's next request begins within its idle time; false when the server
  /// ends before.
  [[nodiscard]] bool awaits_request(socket_t socket) const;
  /// Refuses the one request of a connection over the limit; whether part of it may follow.
  [[nodiscard]] bool turn_away(socket_t socket);
  [[nodiscard]] Served serve_request(RequestStream& from, std::chrono::milliseconds patience,
                                     bool turned_away);
  static void linger(socket_t socket);

  const ServerOptions& options_;
  Site& site_;
  Doorman doorman_;
};

}  // namespace cardvault
