#pragma once

#include <httplib.h>

#include <memory>
#include <string>

#include "api/outbound/peer_stream.h"
#include "vault/ports/channel_gateway.h"

namespace cardvault::api {

/// One connection, over which one request at a time is made. httplib writes the requests and reads
/// the answers; connecting, TLS, deadlines and limits are ours (docs/decisions/0009).
class HttpConnection final : private httplib::ClientImpl {
 public:
  HttpConnection(const Address& address, TcpSocket socket, TlsSession session);

  /// Posts `body` and takes the answer in: whole when it is 2xx and at most 64 KiB, only its head
  /// when it is anything else. `headers` complete what HTTP itself needs, Host included.
  [[nodiscard]] CloseReply post(const std::string& target, const httplib::Headers& headers,
                                const std::string& body, Deadline deadline);

  /// The last answer ended where it said it would, and the peer goes on with this connection.
  [[nodiscard]] bool is_reusable() const { return reusable_ && stream_.is_quiet(); }
  /// Something of the last answer has come. When nothing has and the connection was not new, the
  /// peer may have closed it before it saw the request.
  [[nodiscard]] bool answered() const { return stream_.answered(); }
  [[nodiscard]] const Address& address() const { return address_; }

 private:
  Address address_;
  PeerStream stream_;
  bool reusable_ = false;
};

}  // namespace cardvault::api
