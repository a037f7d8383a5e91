#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cardvault::sandbox {

/// "http://HOST:PORT" or "https://HOST:PORT" as Url::parse() takes it, the port optional, nothing
/// behind it but perhaps a slash, which is taken away. invalid_request for anything else.
[[nodiscard]] Result<std::string> parse_vault_url(std::string_view text);

/// Where the vault is; unknown until somebody says so. Safe from any thread.
class VaultLink {
 public:
  void set(std::string url);
  [[nodiscard]] std::optional<std::string> url() const;

 private:
  mutable std::mutex mutex_;
  std::optional<std::string> url_;
};

}  // namespace cardvault::sandbox
