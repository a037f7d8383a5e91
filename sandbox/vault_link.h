#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cardvault::sandbox {

/// Accepts "http://HOST:PORT" or "https://HOST:PORT" as Url::parse() does. The port and a slash at
/// the end are optional; the slash is removed. Error: invalid_request for any other text.
[[nodiscard]] Result<std::string> parse_vault_url(std::string_view text);

/// The vault's address; nullopt until it is set. Safe from any thread.
class VaultLink {
 public:
  void set(std::string url);
  [[nodiscard]] std::optional<std::string> url() const;

 private:
  mutable std::mutex mutex_;
  std::optional<std::string> url_;
};

}  // namespace cardvault::sandbox
