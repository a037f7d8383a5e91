#include "api/app/offline_vault.h"

#include <utility>

namespace cardvault::api {

Result<std::unique_ptr<OfflineVault>> OfflineVault::open(const DataPaths& paths) {
  auto surroundings = std::make_unique<Surroundings>();
  TRY_VALUE(auto data,
            open_data(paths, surroundings->random, surroundings->clock, OnSealed::open_sealed));
  TRY_VALUE(auto deadlines,
            DeadlineRule::make(DeadlineRule::kDefaultZone, DeadlineRule::kDefaultWorkingDays));

  const bool open = data.keyring->is_open();
  std::unique_ptr<OfflineVault> offline(
      new OfflineVault(std::move(surroundings), std::move(data), std::move(deadlines), paths.seal));
  if (!open) return offline;
  TRY(offline->clients_.refresh());
  return offline;
}

OfflineVault::OfflineVault(std::unique_ptr<Surroundings> surroundings, OpenData data,
                           std::unique_ptr<DeadlineRule> deadlines, const SealOptions& seal)
    : surroundings_(std::move(surroundings)),
      data_(std::move(data)),
      sealer_(*data_.keyring, surroundings_->random),
      deadlines_(std::move(deadlines)),
      vault_{{*data_.store, *data_.keyring, sealer_, surroundings_->clock, surroundings_->random},
             channels_,
             *deadlines_},
      clients_(*data_.store, sealer_, surroundings_->random),
      jobs_(vault_, clients_, *data_.keeper, KeyJobs::Run::foreground),
      verify_(vault_, VerifyJob::Run::foreground, data_.keeper->shared()),
      seal_(seal) {}

}  // namespace cardvault::api
