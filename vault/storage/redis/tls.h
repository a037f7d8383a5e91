#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "vault/storage/redis/location.h"

namespace cardvault {

/// The common part of all TLS connections to one store: the trusted authorities and the client
/// certificate. Make it once; threads may share it.
class RedisTls {
 public:
  /// If a file cannot be read, or the key does not belong to the certificate, it fails with
  /// invalid_request.
  [[nodiscard]] static Result<RedisTls> make(const RedisOptions& options);

  /// Makes a new session with TLS 1.2 or newer. Its handshake fails unless the server shows a
  /// certificate for `host` (a name or an address) from a trusted authority. The caller owns it.
  /// Returns nullptr if memory is short.
  [[nodiscard]] SSL* session_for(const std::string& host) const;

  /// Returns why the certificate made the handshake of `session` fail, or "" if it did not.
  [[nodiscard]] static std::string certificate_fault(const SSL* session);
  static void free(SSL* session);

 private:
  struct Free {
    void operator()(SSL_CTX* context) const;
  };
  explicit RedisTls(SSL_CTX* context) : context_(context) {}

  std::unique_ptr<SSL_CTX, Free> context_;
};

}  // namespace cardvault
