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

/// Who wants to know what the worker does. Called from its threads, several at once.
class ClosureObserver {
 public:
  virtual ~ClosureObserver() = default;
  virtual void tried(Channel channel, CloseFailure failure) = 0;
  virtual void settled(const WalletId& wallet, const Settled& what) = 0;
};

struct WorkerOptions {
  Backoff backoff = {};
  /// How long a claimed wallet, and a try that was taken, is this worker's. A call that could
  /// outlast it is not begun.
  Seconds lease{120};
  /// Wallets claimed at once: some fifty calls, a moment's work.
  std::size_t batch = 8;
  /// Calls begun a second, at most. A backlog has seven working days, users who look at their lists
  /// meanwhile have not: it must not take all of a small machine.
  std::uint32_t calls_per_second = 1500;
  /// Between two looks when nothing was due. Real time, so that a test's clock is seen moving.
  std::chrono::milliseconds poll{100};
};

/// Works off the closures that are due: claims wallets from the store, takes their due closures by
/// a commit, tells each channel on a lane of its own behind a circuit breaker, and settles what
/// came back. Any number of workers, in any number of processes, may share a store: no two take the
/// same try. A call may be repeated, never lost: what is not settled is due again when the lease
/// has run out, under the same message id.
///
/// Tries of one wallet that end while another of them is being settled are settled together in the
/// next commit, so seven channels cost three or four commits, and none waits for the slowest.
class ClosureWorker {
 public:
  /// All outlive the worker. Starts at once.
  ClosureWorker(const ClosingVault& vault, ChannelGateway& gateway, ClosureObserver& observer,
                WorkerOptions options);
  /// Lets calls that run end; what waits is left to the next worker.
  ~ClosureWorker();
  ClosureWorker(const ClosureWorker&) = delete;
  ClosureWorker& operator=(const ClosureWorker&) = delete;

 private:
  struct Road {
    explicit Road(std::size_t threads) : lane(threads) {}
    CircuitBreaker breaker;
    Lane lane;
  };
  /// The closures of one claimed wallet on their way.
  struct Errand {
    WalletId wallet;
    Time claimed_until{};
    std::mutex mutex;
    std::vector<TriedClosure> tried;
    bool settling = false;
  };
  using SharedErrand = std::shared_ptr<Errand>;

  void run();
  /// How long to wait before the next time.
  [[nodiscard]] std::chrono::nanoseconds claim_and_send();
  /// The number of calls on their way now.
  [[nodiscard]] std::size_t send(const WalletId& wallet, Time claimed_until);
  /// Settles what no lane has to do with, off the claiming thread.
  void at_the_desk(const Lane::Job& job);
  void dispatch(const SharedErrand& errand, DueClosure due);
  void call(const SharedErrand& errand, const DueClosure& due, const ChannelProfile& profile);
  void bring_back(const SharedErrand& errand, TriedClosure tried);
  void settle(const Errand& errand, const std::vector<TriedClosure>& tried);

  const ClosingVault& vault_;
  ChannelGateway& gateway_;
  ClosureObserver& observer_;
  const WorkerOptions options_;
  std::array<std::unique_ptr<Road>, kChannelNames.size()> roads_;
  Lane desk_{4};

  std::mutex mutex_;
  std::condition_variable stop_asked_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace cardvault
