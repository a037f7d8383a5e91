#pragma once

#include <memory>
#include <string>

#include "api/client_registry.h"
#include "api/data_directory.h"
#include "base/result.h"
#include "crypto/random.h"
#include "vault/use_cases/vault.h"

namespace cardvault::api {

/// A vault that no server has open, without bank, channel or calendar: for commands that read
/// wallets or make a closure due, not for closing channels.
class OfflineVault {
 public:
  /// As open_data.
  [[nodiscard]] static Result<std::unique_ptr<OfflineVault>> open(const DataPaths& paths);

  OfflineVault(const OfflineVault&) = delete;
  OfflineVault& operator=(const OfflineVault&) = delete;

  [[nodiscard]] const Vault& vault() const { return vault_; }
  [[nodiscard]] ClientRegistry& clients() { return clients_; }

 private:
  OfflineVault(std::unique_ptr<SystemRandom> random, OpenData data,
               std::unique_ptr<DeadlineRule> deadlines);

  const std::unique_ptr<SystemRandom> random_;
  const SystemClock clock_;
  const OpenData data_;
  const RecordSealer sealer_;
  VerificationGate gate_{1, 1};
  const BankCatalogue banks_;
  const ChannelDirectory channels_;
  const std::unique_ptr<DeadlineRule> deadlines_;
  const Vault vault_;
  ClientRegistry clients_;
};

}  // namespace cardvault::api
