#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/url.h"
#include "crypto/secret.h"
#include "net/client/http_client.h"

namespace cardvault {

/// A transit engine of HashiCorp Vault or OpenBao, and a key in it.
struct TransitOptions {
  /// https://host[:port]. http:// is allowed only to this machine: "localhost" or a loopback
  /// address.
  std::string address;
  /// Mount path of the engine: names of letters, digits, "-", "_" and ".", separated by "/". No
  /// name ends in ".".
  std::string mount = "transit";
  /// Letters, digits, "-", "_" and "."; the first and the last character are not "-" or ".".
  std::string key;
  /// Has the form of `mount`; sent as X-Vault-Namespace. "" sends none.
  std::string name_space = {};
  /// PEM file of the trusted authorities; "" for the system's.
  std::string ca_file = {};
  /// Timeout of a whole call, 1 ms to 60 s: look-up of the name, connection, TLS and answer. A
  /// server in the same data centre answers in milliseconds. 5 seconds are usually enough for the
  /// election of a new leader.
  std::chrono::milliseconds timeout{5000};
};

/// The server's answer, in memory that is wiped.
struct TransitAnswer {
  std::uint16_t status = 0;
  SecretBytes body;
};

/// Calls the engine (https://developer.hashicorp.com/vault/api-docs/secret/transit), with a new
/// connection for each call. It does not follow redirects and does not use proxies from the
/// environment. So only the server at the address ever sees the token. Threads may share it.
class TransitClient {
 public:
  /// Sends nothing yet. key_unavailable if an option is not as above, if the token is not 1 to 4096
  /// visible ASCII characters, or if the file of authorities cannot be read; `detail` says which.
  [[nodiscard]] static Result<std::unique_ptr<TransitClient>> open(TransitOptions options,
                                                                   SecretText token,
                                                                   Resolver resolver);

  /// Sends `body` by POST to `operation`, "encrypt" or "decrypt", of the key. Returns an answer
  /// with any status except 3xx. key_unavailable if no whole answer of at most 64 KiB comes in
  /// time.
  [[nodiscard]] Result<TransitAnswer> post(std::string_view operation,
                                           const std::string& body) const;

  [[nodiscard]] const TransitOptions& options() const { return options_; }
  [[nodiscard]] bool is_token_in(std::string_view text) const {
    return text.contains(token_.expose());
  }

 private:
  TransitClient(TransitOptions options, SecretText token, Resolver resolver, Url url);

  const TransitOptions options_;
  const SecretText token_;
  const Url url_;
  mutable HttpClient http_;
};

}  // namespace cardvault
