#pragma once

#include <httplib.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "net/client/peer_stream.h"

namespace cardvault {

/// What came back for one request.
struct HttpReply {
  NetFailure failure = NetFailure::none;  ///< none: answered 2xx, whole
  std::uint16_t status = 0;               ///< 0 when there was no answer
  std::string body;                       ///< "" unless it came whole
  std::string retry_after = {};           ///< the field of a 429 or 503, as it came
};

/// Of which answers the body is taken in.
enum class BodyOf : std::uint8_t {
  success,      ///< 2xx
  any_but_3xx,  ///< failures too, for what they say
};

/// Who is behind some addresses.
struct Endpoint {
  std::string host;  ///< whom the certificate must be for
  std::uint16_t port = 0;
  const TlsContext* trust = nullptr;  ///< none: plain http
};

/// One connection, over which one request at a time is made. httplib writes the requests and reads
/// the answers; connecting, TLS, deadlines and limits are ours (docs/decisions/0009).
class HttpConnection final : private httplib::ClientImpl {
 public:
  /// A new connection, to the first of `addresses` that takes it. `patience` is for each of them,
  /// its TLS handshake included. connect_failed, timeout or tls_failed, of the last one tried: an
  /// address at which somebody answers is the last.
  [[nodiscard]] static NetResult<std::unique_ptr<HttpConnection>> open(
      const Endpoint& endpoint, const std::vector<Address>& addresses,
      std::chrono::milliseconds patience, CallDeadline deadline);

  HttpConnection(const Address& address, TcpSocket socket, TlsSession session);

  /// Posts `body` and takes the answer in: whole when it is one of `wanted` and at most 64 KiB,
  /// only its head when it is anything else. `headers` complete what HTTP itself needs, Host
  /// included. The copies of both that are made here are wiped; what httplib and OpenSSL copy on
  /// the way out is not.
  [[nodiscard]] HttpReply post(const std::string& target, const httplib::Headers& headers,
                               const std::string& body, CallDeadline deadline,
                               BodyOf wanted = BodyOf::success);

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

}  // namespace cardvault
