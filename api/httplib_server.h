#pragma once

#include <httplib.h>

#include <chrono>
#include <vector>

#include "api/exchange.h"
#include "api/request_stream.h"
#include "api/server.h"

namespace cardvault::api {

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
  void serve(socket_t socket);
  [[nodiscard]] bool serve_request(RequestStream& from);
  [[nodiscard]] std::chrono::milliseconds patience() const;
  static void hear_out(socket_t socket);

  const ServerOptions& options_;
  Site& site_;
};

}  // namespace cardvault::api
