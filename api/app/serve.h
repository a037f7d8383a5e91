#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "api/app/configuration.h"
#include "api/app/data_directory.h"
#include "api/jobs/key_rotation.h"
#include "base/result.h"
#include "vault/delivery/backoff.h"

namespace cardvault::api {

struct ServeOptions {
  DataPaths paths;
  std::string listen = "127.0.0.1:8080";
  std::string admin_listen = "127.0.0.1:8081";
  ConfigurationFiles files;
  std::vector<std::string> cors_origins;
  std::uint32_t max_connections = 256;
  std::uint32_t verification_threads = 1;
  std::uint32_t verification_queue = 32;
  Backoff backoff;
  KeyRotation::Mode key_rotation = KeyRotation::Mode::automatic;
  bool allow_private_targets = false;
  bool require_memory_lock = false;  ///< do not start where keys could be swapped out
  bool test_mode = false;
  std::uint32_t check_rate = 20;  ///< wallets a second in the background check; 0: no check
  bool json = false;
};

/// Half of the processors, at least one: password evaluations leave the rest to the list view.
[[nodiscard]] std::uint32_t default_verification_threads();

/// Runs the service until SIGTERM or SIGINT, then lets running requests finish. Prints where it
/// listens on standard output once it does. An error is why it could not start.
[[nodiscard]] Status serve(const ServeOptions& options);

}  // namespace cardvault::api
