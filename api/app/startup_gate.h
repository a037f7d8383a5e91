#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "api/app/data_directory.h"

namespace cardvault::api {

/// Opens the vault's data and knows whether the server can answer requests. Safe from any thread.
class StartupGate {
 public:
  /// Waits for the given time. Returns true, and early, if the process receives a stop signal.
  using StopWithin = std::function<bool(std::chrono::milliseconds)>;

  /// Calls open_data() with OnSealed::open_sealed. If a shared store is unavailable, retries every
  /// second. Returns nullopt if the process is told to stop first.
  [[nodiscard]] Result<std::optional<OpenData>> open_data(const DataPaths& paths,
                                                          RandomSource& random, const Clock& clock,
                                                          const StopWithin& stop_within);

  /// From now on ready(), open() and key_metrics() read `data`, which must outlive the last call.
  void opened(const OpenData& data);
  /// From now on ready() fails with shutting_down.
  void close();

  /// Errors: store_unavailable, with the reason, if the store is not open yet or does not answer;
  /// vault_sealed; shutting_down.
  [[nodiscard]] Status ready() const;
  /// Error: vault_sealed while this process has no keyring.
  [[nodiscard]] Status open() const;
  /// render_key_metrics(), or "" before opened().
  [[nodiscard]] std::string key_metrics(Time now) const;

 private:
  [[nodiscard]] const OpenData* data() const;

  mutable std::mutex mutex_;
  const OpenData* data_ = nullptr;
  bool closing_ = false;
  Error not_open_ = make_error(ErrorCode::store_unavailable, "The store is not open yet.");
};

}  // namespace cardvault::api
