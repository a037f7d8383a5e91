#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/calendar_files.h"
#include "api/closure_metrics.h"
#include "vault/use_cases/vault.h"

namespace cardvault::api {

/// What a server does beside answering and closing channels: sees new calendar files within a few
/// seconds, and counts the open closures for the metrics. A count reads every wallet with an open
/// closure, so it takes at most a twentieth of one processor's time.
class Housekeeping {
 public:
  /// All outlive this. Starts at once.
  Housekeeping(const Vault& vault, CalendarFiles& calendars, ClosureMetrics& metrics);
  ~Housekeeping();
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

 private:
  void run();
  void count();

  const Vault& vault_;
  CalendarFiles& calendars_;
  ClosureMetrics& metrics_;
  std::mutex mutex_;
  std::condition_variable stop_asked_;
  bool stopping_ = false;
  std::chrono::steady_clock::time_point next_count_{};
  std::thread thread_;
};

}  // namespace cardvault::api
