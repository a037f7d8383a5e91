#include "sandbox/vault_link.h"

#include <utility>

#include "base/url.h"

namespace cardvault::sandbox {

Result<std::string> parse_vault_url(std::string_view text) {
  const auto url = Url::parse(text);
  if (url && url->target == "/") return (url->tls ? "https://" : "http://") + url->authority();
  return fail(ErrorCode::invalid_request, "The vault's address must be http://HOST:PORT.");
}

void VaultLink::set(std::string url) {
  const std::lock_guard lock(mutex_);
  url_ = std::move(url);
}

std::optional<std::string> VaultLink::url() const {
  const std::lock_guard lock(mutex_);
  return url_;
}

}  // namespace cardvault::sandbox
