#include "api/app/startup_gate.h"

#include <utility>

#include "api/json/key_inventory.h"
#include "base/log.h"
#include "net/server/error_codes.h"

namespace cardvault::api {
namespace {

constexpr std::chrono::milliseconds kBetweenTries{1000};

}  // namespace

Result<std::optional<OpenData>> StartupGate::open_data(const DataPaths& paths, RandomSource& random,
                                                       const Clock& clock,
                                                       const StopWithin& stop_within) {
  while (true) {
    auto data = api::open_data(paths, random, clock, OnSealed::open_sealed);
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

void StartupGate::opened(const OpenData& data) {
  const std::scoped_lock lock(mutex_);
  data_ = &data;
}

void StartupGate::close() {
  const std::scoped_lock lock(mutex_);
  closing_ = true;
}

Status StartupGate::ready() const {
  const OpenData* data = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (closing_) return fail(HttpError::shutting_down, "The server is shutting down.");
    if (data_ == nullptr) return fail(not_open_);
    data = data_;
  }
  const auto keyring = data->keyring->opened();
  return keyring ? data->store->health() : fail(keyring.error());
}

const OpenData* StartupGate::data() const {
  const std::scoped_lock lock(mutex_);
  return data_;
}

std::string StartupGate::key_metrics(Time now) const {
  const OpenData* data = this->data();
  return data == nullptr ? std::string() : render_key_metrics(*data->keyring, now);
}

Status StartupGate::open() const {
  const OpenData* data = this->data();
  if (data == nullptr) return fail(vault_sealed());
  const auto keyring = data->keyring->opened();
  return keyring ? Status() : fail(keyring.error());
}

}  // namespace cardvault::api
