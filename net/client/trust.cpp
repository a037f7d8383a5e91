#include "net/client/trust.h"

#include <openssl/err.h>
#include <openssl/x509.h>

namespace cardvault {

NetResult<Authorities> Trust::of(const std::string& file) {
  const std::lock_guard lock(mutex_);
  if (const auto found = read_.find(file); found != read_.end()) return found->second;
  Authorities authorities(::X509_STORE_new(), ::X509_STORE_free);
  const bool loaded =
      authorities && (file.empty() ? ::X509_STORE_set_default_paths(authorities.get()) == 1
                                   : ::X509_STORE_load_file(authorities.get(), file.c_str()) == 1);
  ::ERR_clear_error();
  if (!loaded) return std::unexpected(NetFailure::tls_failed);
  return read_[file] = authorities;
}

}  // namespace cardvault
