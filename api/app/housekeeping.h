#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/app/calendar_files.h"
#include "api/callers/client_registry.h"
#include "api/jobs/key_rotation.h"
#include "api/metrics/closure_metrics.h"
#include "crypto/keys/life/keyring_keeper.h"
#include "vault/closing/overview.h"
#include "vault/delivery/backoff.h"

namespace cardvault::api {

/// The periodic work of a server, apart from answering requests and closing channels:
/// - every second, between two rounds, it loads calendar files that changed;
/// - a new calendar makes it compute provisional deadlines again;
/// - every second it loads clients and keys that other processes changed;
/// - every hour it warns of keys that expire soon;
/// - it renews and destroys keys (see KeyRotation);
/// - it frees closures that a wrong clock has put off too far;
/// - it counts the open closures for the metrics.
///
/// A round over the open closures reads every wallet that has one. A pause of 20 times its duration
/// follows, so rounds take at most a twentieth of one processor's time.
class Housekeeping {
 public:
  /// Starts at once. All references must outlive this object. `backoff` is the closure worker's.
  Housekeeping(const ClosingVault& vault, ClientRegistry& clients, KeyringKeeper& keeper,
               KeyRotation& rotation, CalendarFiles& calendars, ClosureMetrics& metrics,
               Backoff backoff);
  ~Housekeeping();
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

 private:
  void run();
  void see_others();
  void see_ends_of_keys();
  void go_over_open_ones();
  void put_right(const OpenDeregistration& one);
  [[nodiscard]] Seconds longest_wait() const;

  const ClosingVault& vault_;
  ClientRegistry& clients_;
  KeyringKeeper& keeper_;
  KeyRotation& rotation_;
  CalendarFiles& calendars_;
  ClosureMetrics& metrics_;
  const Backoff backoff_;
  std::mutex mutex_;
  std::condition_variable stop_asked_;
  std::atomic<bool> stopping_{false};
  bool calendar_is_new_ = true;  ///< the next round computes provisional deadlines
  bool compute_deadlines_ = false;
  std::chrono::steady_clock::time_point next_round_{};
  std::chrono::steady_clock::time_point next_look_at_others_{};
  std::chrono::steady_clock::time_point next_look_at_ends_{};
  std::thread thread_;
};

}  // namespace cardvault::api
