#include "api/store_door.h"

#include <utility>

#include "base/log.h"

namespace cardvault::api {
namespace {

constexpr std::chrono::milliseconds kBetweenTries{1000};

}  // namespace

Result<std::optional<OpenData>> StoreDoor::open(const DataPaths& paths, RandomSource& random,
                                                const Clock& clock, const StopWithin& stop_within) {
  while (true) {
    auto data = open_data(paths, random, clock.now());
    if (data) return std::move(*data);
    const bool may_pass =
        data.error().code == ErrorCode::store_unavailable && data.error().retry_after.has_value();
    if (paths.store.is_embedded() || !may_pass) return fail(std::move(data.error()));
    log::write(log::Level::warning, "waiting_for_store",
               {{"inside", std::string_view(data.error().inside.text)}});
    {
      const std::scoped_lock lock(mutex_);
      not_open_ = std::move(data.error());
    }
    if (stop_within(kBetweenTries)) return std::nullopt;
  }
}

void StoreDoor::opened(WalletStore& store) {
  const std::scoped_lock lock(mutex_);
  store_ = &store;
}

void StoreDoor::close() {
  const std::scoped_lock lock(mutex_);
  closing_ = true;
}

Status StoreDoor::ready() const {
  WalletStore* store = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (closing_) return fail(ErrorCode::shutting_down, "The server is stopping.");
    if (store_ == nullptr) return fail(not_open_);
    store = store_;
  }
  return store->health();
}

}  // namespace cardvault::api
