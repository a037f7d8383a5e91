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

/// What a server does beside answering and closing channels, over and over: sees new calendar files
/// within a few seconds and computes provisional deadlines by them; sees every second which clients
/// other processes added and removed, and which keys they changed; says every hour which keys end
/// soon, renews and destroys them (see KeyRotation); frees closures that a wrong clock has put off;
/// counts the open ones for the metrics. Going over them reads every wallet with an open closure,
/// so it takes at most a twentieth of one processor's time.
class Housekeeping {
 public:
  /// All outlive this. `backoff` is the worker's. Starts at once.
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
  bool calendar_is_new_ = true;  ///< provisional deadlines are to be computed in the next round
  bool compute_deadlines_ = false;
  std::chrono::steady_clock::time_point next_round_{};
  std::chrono::steady_clock::time_point next_look_at_others_{};
  std::chrono::steady_clock::time_point next_look_at_ends_{};
  std::thread thread_;
};

}  // namespace cardvault::api
