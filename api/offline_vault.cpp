#include "api/offline_vault.h"

#include <utility>

namespace cardvault::api {

Result<std::unique_ptr<OfflineVault>> OfflineVault::open(const DataPaths& paths) {
  auto random = std::make_unique<SystemRandom>();
  auto data = open_data(paths, *random, SystemClock{}.now());
  if (!data) return fail(std::move(data.error()));
  auto deadlines =
      DeadlineRule::make(DeadlineRule::kDefaultZone, DeadlineRule::kDefaultWorkingDays);
  if (!deadlines) return fail(std::move(deadlines.error()));

  std::unique_ptr<OfflineVault> offline(
      new OfflineVault(std::move(random), std::move(*data), std::move(*deadlines)));
  if (const auto loaded = offline->clients_.refresh(); !loaded) return fail(loaded.error());
  return offline;
}

OfflineVault::OfflineVault(std::unique_ptr<SystemRandom> random, OpenData data,
                           std::unique_ptr<DeadlineRule> deadlines)
    : random_(std::move(random)),
      data_(std::move(data)),
      sealer_(data_.keyring, *random_),
      deadlines_(std::move(deadlines)),
      vault_{*data_.store, data_.keyring, sealer_,   clock_,     *random_,
             gate_,        banks_,        channels_, *deadlines_},
      clients_(*data_.store, sealer_, *random_) {}

}  // namespace cardvault::api
