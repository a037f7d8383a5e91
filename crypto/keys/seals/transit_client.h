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
  /// https://host[:port]; http:// only to this machine itself, "localhost" or a loopback address.
  std::string address;
  /// Where the engine is mounted: names of letters, digits, "-", "_" and ".", with "/" between.
  std::string mount = "transit";
  /// Letters, digits, "-", "_" and ".", the first and last no "-" or ".".
  std::string key;
  /// As `mount`, for X-Vault-Namespace; "" for none.
  std::string name_space = {};
  /// PEM of the authorities to trust, "" for the system's.
  std::string ca_file = {};
  /// For a whole call, 1 ms to 60 s: looking up the name, connecting, TLS and the answer. A server
  /// in the same data centre answers in milliseconds; 5 seconds outlast the election of a new
  /// leader, mostly.
  std::chrono::milliseconds timeout{5000};
};

/// What the server said, in memory that is wiped.
struct TransitAnswer {
  std::uint16_t status = 0;
  SecretBytes body;
};

/// Speaks to the engine (https://developer.hashicorp.com/vault/api-docs/secret/transit), over a new
/// connection for each call. Redirects are not followed, proxies of the environment not used, so
/// nobody but the server at the address ever sees the token. Threads may share it.
class TransitClient {
 public:
  /// Asks nothing yet. key_unavailable, `detail` saying which option, when one is not as above, the
  /// token is not 1 to 4096 visible ASCII characters, or the file of authorities cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<TransitClient>> open(TransitOptions options,
                                                                   SecretText token,
                                                                   Resolver resolver);

  /// POST of `body` to `operation`, "encrypt" or "decrypt", with the key: an answer of whatever
  /// status but 3xx. key_unavailable when there is none, whole and of at most 64 KiB, in time.
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
