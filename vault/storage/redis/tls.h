#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "vault/storage/redis/location.h"

namespace cardvault {

/// What all TLS connections to one store have in common: whom it trusts and who it is itself. Made
/// once; threads may share it.
class RedisTls {
 public:
  /// invalid_request when a file cannot be read, or the key does not belong to the certificate.
  [[nodiscard]] static Result<RedisTls> make(const RedisOptions& options);

  /// A session to be, TLS 1.2 or newer, that fails unless the server shows a certificate for `host`
  /// (a name or an address) from a trusted authority. The caller owns it. nullptr without memory.
  [[nodiscard]] SSL* session_for(const std::string& host) const;

  /// Why the handshake of `session` failed, when it was the certificate; "" when it was not.
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
