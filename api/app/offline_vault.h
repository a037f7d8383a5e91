#pragma once

#include <memory>
#include <string>

#include "api/app/data_directory.h"
#include "api/callers/client_registry.h"
#include "api/handlers/routes.h"
#include "base/result.h"
#include "crypto/random.h"
#include "vault/closing/closing_vault.h"

namespace cardvault::api {

/// A vault that no server has open. It has no bank, channel or calendar. Commands use it to read
/// wallets or to make a closure due; it cannot close channels.
class OfflineVault {
 public:
  /// See open_data. If the vault stays sealed, only its seal can be read.
  [[nodiscard]] static Result<std::unique_ptr<OfflineVault>> open(const DataPaths& paths);

  OfflineVault(const OfflineVault&) = delete;
  OfflineVault& operator=(const OfflineVault&) = delete;

  [[nodiscard]] AdminService service() {
    return {vault_, clients_, *data_.keeper, jobs_, seal_, verify_};
  }

 private:
  /// Objects that the data refers to; they need a stable address.
  struct Surroundings {
    SystemRandom random;
    SystemClock clock;
  };

  OfflineVault(std::unique_ptr<Surroundings> surroundings, OpenData data,
               std::unique_ptr<DeadlineRule> deadlines, const SealOptions& seal);

  const std::unique_ptr<Surroundings> surroundings_;
  const OpenData data_;
  const RecordSealer sealer_;
  const ChannelDirectory channels_;
  const std::unique_ptr<DeadlineRule> deadlines_;
  const ClosingVault vault_;
  ClientRegistry clients_;
  KeyJobs jobs_;
  VerifyJob verify_;
  const SealOptions seal_;
};

}  // namespace cardvault::api
