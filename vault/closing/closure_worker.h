#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "vault/closing/closing_vault.h"
#include "vault/closing/settle.h"
#include "vault/delivery/circuit_breaker.h"
#include "vault/delivery/lane.h"

namespace cardvault {

/// Observes what the worker does. The worker's threads call it, several at once.
class ClosureObserver {
 public:
  virtual ~ClosureObserver() = default;
  virtual void tried(Channel channel, CloseFailure failure) = 0;
  virtual void settled(const WalletId& wallet, const Settled& what) = 0;
};

struct WorkerOptions {
  Backoff backoff = {};
  /// Lease of a claimed wallet and of its attempts: for this time they belong to this worker. The
  /// worker does not begin a call that could outlast the lease.
  Seconds lease{120};
  /// Number of wallets per claim. Together they have about fifty calls, which need only a moment.
  std::size_t batch = 8;
  /// Maximum calls that begin per second. A backlog has seven working days, but users look at their
  /// lists now. So a backlog must not use all of a small machine.
  std::uint32_t calls_per_second = 1500;
  /// Wait before the next claim if nothing was due. This is real time, so that the worker notices
  /// when a test moves its clock.
  std::chrono::milliseconds poll{100};
};

/// Processes the closures that are due. The worker claims wallets from the store and takes their
/// due closures with a commit. It calls each channel on the channel's own lane behind a circuit
/// breaker, and then settles the replies. Any number of workers in any number of processes may
/// share a store: no two workers take the same attempt. A call may be repeated, but is never lost.
/// A closure that is not settled becomes due again when the lease expires, under the same message
/// id.
///
/// While an attempt of a wallet is being settled, other attempts of that wallet may end. The next
/// commit settles these together. So seven channels cost three or four commits, and no channel
/// waits for the slowest.
class ClosureWorker {
 public:
  /// All arguments must outlive the worker. The worker starts immediately.
  ClosureWorker(const ClosingVault& vault, ChannelGateway& gateway, ClosureObserver& observer,
                WorkerOptions options);
  /// Waits for running calls. Calls that have not started are left to the next worker.
  ~ClosureWorker();
  ClosureWorker(const ClosureWorker&) = delete;
  ClosureWorker& operator=(const ClosureWorker&) = delete;

 private:
  struct Executor {
    explicit Executor(std::size_t threads) : lane(threads) {}
    CircuitBreaker breaker;
    Lane lane;
  };
  /// The closures in flight of one claimed wallet.
  struct InFlight {
    WalletId wallet;
    Time claimed_until{};
    std::mutex mutex;
    std::vector<TriedClosure> tried;
    bool settling = false;
  };
  using SharedInFlight = std::shared_ptr<InFlight>;

  void run();
  /// Returns the time to wait before the next claim.
  [[nodiscard]] std::chrono::nanoseconds claim_and_send();
  /// Returns the number of calls that were started.
  [[nodiscard]] std::size_t send(const WalletId& wallet, Time claimed_until);
  /// Settles on completions_, not on the claiming thread: for results that belong to no lane.
  void run_completion(const Lane::Job& job);
  void dispatch(const SharedInFlight& in_flight, DueClosure due);
  void call(const SharedInFlight& in_flight, const DueClosure& due, const ChannelProfile& profile);
  void collect(const SharedInFlight& in_flight, TriedClosure tried);
  void settle(const InFlight& in_flight, const std::vector<TriedClosure>& tried);

  const ClosingVault& vault_;
  ChannelGateway& gateway_;
  ClosureObserver& observer_;
  const WorkerOptions options_;
  std::array<std::unique_ptr<Executor>, kChannelNames.size()> executors_;
  Lane completions_{4};

  std::mutex mutex_;
  std::condition_variable stop_asked_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace cardvault
