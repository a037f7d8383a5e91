#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "api/app/data_directory.h"
#include "base/result.h"

namespace cardvault::api {

class OfflineVault;

/// Gives the command line access to a vault. If a server owns the directory, it asks the server
/// through its socket. Otherwise it opens the directory once and runs the same routes (see
/// socket_routes) in this process. The first request decides: a command must not take the directory
/// from a server that restarts.
class Owner {
 public:
  static constexpr std::chrono::seconds kPatience{30};

  explicit Owner(DataPaths paths);
  ~Owner();
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;

  /// Returns the body of a 2xx answer. An error has the detail of the problem document, or says why
  /// the directory cannot be opened or that the server did not answer within `patience`.
  [[nodiscard]] Result<std::string> ask(const std::string& method, const std::string& target,
                                        const std::string& body,
                                        std::chrono::seconds patience = kPatience);
  /// True if a server owned the vault at the first call of is_server() or ask(). Errors: those of
  /// is_owned_by_another().
  [[nodiscard]] Result<bool> is_server();

 private:
  [[nodiscard]] Result<std::string> ask_here(const std::string& method, const std::string& target,
                                             const std::string& body);

  const DataPaths paths_;
  std::optional<bool> is_server_;
  std::unique_ptr<OfflineVault> offline_;
};

}  // namespace cardvault::api
