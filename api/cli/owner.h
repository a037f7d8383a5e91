#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "api/app/data_directory.h"
#include "base/result.h"

namespace cardvault::api {

class OfflineVault;

/// How the command line reaches a vault: by asking the server that owns the directory, through its
/// socket, or, when none does, by opening the directory, once, and running the same routes (see
/// socket_routes) in this process. Which of the two is decided by the first question: a command
/// does not take a directory from a server that is being started again.
class Owner {
 public:
  static constexpr std::chrono::seconds kPatience{30};

  explicit Owner(DataPaths paths);
  ~Owner();
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;

  /// The body of a 2xx answer; otherwise an error whose detail is the problem document's, why the
  /// directory cannot be opened, or that the server said nothing for so long.
  [[nodiscard]] Result<std::string> ask(const std::string& method, const std::string& target,
                                        const std::string& body,
                                        std::chrono::seconds patience = kPatience);
  /// Whether a server has the vault, or had it when that was asked first. As is_owned_by_another().
  [[nodiscard]] Result<bool> is_server();

 private:
  [[nodiscard]] Result<std::string> ask_here(const std::string& method, const std::string& target,
                                             const std::string& body);

  const DataPaths paths_;
  std::optional<bool> is_server_;
  std::unique_ptr<OfflineVault> offline_;
};

}  // namespace cardvault::api
