#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

#include "net/client/tcp_socket.h"

namespace cardvault {

struct FreeTls {
  void operator()(SSL* session) const;
  void operator()(SSL_CTX* context) const;
};
using TlsSession = std::unique_ptr<SSL, FreeTls>;

/// What all TLS connections of one trust have in common. Made once, because reading the system's
/// authorities takes longer than a handshake; threads may share it.
class TlsContext {
 public:
  /// Trusts the certificates of the PEM file, or the system's authorities when `ca_file` is "".
  /// tls_failed when the file cannot be read or holds no certificate.
  [[nodiscard]] static NetResult<TlsContext> trusting(const std::string& ca_file);

  /// TLS 1.2 or newer, done when it returns: the peer has shown a certificate that a trusted
  /// authority signed for `host` (a name, also sent as SNI, or an address). tls_failed or timeout.
  [[nodiscard]] NetResult<TlsSession> handshake(const TcpSocket& socket, const std::string& host,
                                                CallDeadline deadline) const;

 private:
  explicit TlsContext(std::unique_ptr<SSL_CTX, FreeTls> context) : context_(std::move(context)) {}

  std::unique_ptr<SSL_CTX, FreeTls> context_;
};

}  // namespace cardvault
