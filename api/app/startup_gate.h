#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "api/app/data_directory.h"

namespace cardvault::api {

/// Opens the vault's data and knows whether requests can be answered now. Safe from any thread.
class StartupGate {
 public:
  /// Waits that long, or shorter when the process is told to stop: then true.
  using StopWithin = std::function<bool(std::chrono::milliseconds)>;

  /// As open_data(), sealed if it has to be, but a shared store that cannot be reached now is tried
  /// again, every second, until it can; nullopt when the process is told to stop before.
  [[nodiscard]] Result<std::optional<OpenData>> open_data(const DataPaths& paths,
                                                          RandomSource& random, const Clock& clock,
                                                          const StopWithin& stop_within);

  /// From now on ready(), open() and key_metrics() ask `data`, which outlives the last call.
  void opened(const OpenData& data);
  /// From now on ready() answers shutting_down.
  void close();

  /// store_unavailable, saying why the store is not open yet or does not answer; vault_sealed;
  /// shutting_down.
  [[nodiscard]] Status ready() const;
  /// vault_sealed while there is no keyring in this process.
  [[nodiscard]] Status open() const;
  /// render_key_metrics(), or nothing before the data are there.
  [[nodiscard]] std::string key_metrics(Time now) const;

 private:
  [[nodiscard]] const OpenData* data() const;

  mutable std::mutex mutex_;
  const OpenData* data_ = nullptr;
  bool closing_ = false;
  Error not_open_ = make_error(ErrorCode::store_unavailable, "The store is not open yet.");
};

}  // namespace cardvault::api
