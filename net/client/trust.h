#pragma once

#include <openssl/types.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "net/client/net_failure.h"

namespace cardvault {

/// Trusted authorities as OpenSSL keeps them. Connections share them: to read the system's takes
/// longer than a handshake, and a copy for each connection would take a megabyte.
using Authorities = std::shared_ptr<X509_STORE>;

/// Reads each file of authorities once. Safe from any thread.
class Trust {
 public:
  /// The authorities of a PEM file, or the system's if `file` is "". tls_failed if the file cannot
  /// be read or contains no certificate; the next call then reads it again.
  [[nodiscard]] NetResult<Authorities> of(const std::string& file);

 private:
  std::mutex mutex_;
  std::map<std::string, Authorities> read_;
};

}  // namespace cardvault
