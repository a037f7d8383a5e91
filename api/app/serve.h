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
  bool require_memory_lock = false;  ///< fail at start if the kernel could swap keys out
  bool test_mode = false;
  std::uint32_t check_rate = 20;  ///< wallets a second in the background check (0 = no check)
  bool json = false;
};

/// Half of the processors, at least one. The list view uses the rest.
[[nodiscard]] std::uint32_t default_verification_threads();

/// Runs the service until SIGTERM or SIGINT, then completes the requests in flight. Once it
/// listens, it prints the addresses on standard output. An error says why the service could not
/// start, or that a listener ended by itself.
[[nodiscard]] Status serve(const ServeOptions& options);

}  // namespace cardvault::api
