#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "vault/closing/circuit_breaker.h"
#include "vault/closing/lane.h"
#include "vault/use_cases/close_channels.h"

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
  /// How long a claimed wallet is this worker's: longer than any call, or calls would be repeated.
  Seconds lease{120};
  /// Wallets claimed at once: some hundred calls, a moment's work.
  std::size_t batch = 32;
  /// Between two looks when nothing was due. Real time, so that a test's clock is seen moving.
  std::chrono::milliseconds poll{100};
};

/// Works off the closures that are due: claims wallets from the store, tells each channel on a lane
/// of its own behind a circuit breaker, and settles what came back. Any number of workers, in any
/// number of processes, may share a store: a wallet is claimed by one at a time. A call may be
/// repeated, never lost: what is not settled is tried again when the claim runs out, under the same
/// message id.
///
/// Tries of one wallet that end while another of them is being settled are settled together in the
/// next commit, so seven channels cost two or three commits, and none waits for the slowest.
class ClosureWorker {
 public:
  /// All outlive the worker. Starts at once.
  ClosureWorker(const Vault& vault, ChannelGateway& gateway, ClosureObserver& observer,
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
    std::vector<ClosureKey> in_flight;
    bool settling = false;
  };
  using SharedErrand = std::shared_ptr<Errand>;

  void run();
  /// False when there was less to claim than asked for.
  [[nodiscard]] bool claim_and_send();
  void send(const WalletId& wallet, Time claimed_until);
  /// Settles what no lane has to do with, off the claiming thread.
  void at_the_desk(const Lane::Job& job);
  void dispatch(const SharedErrand& errand, DueClosure due);
  void call(const SharedErrand& errand, const DueClosure& due, const ChannelProfile& profile);
  void bring_back(const SharedErrand& errand, TriedClosure tried);
  void settle(const SharedErrand& errand, const std::vector<TriedClosure>& tried,
              const std::vector<ClosureKey>& in_flight);
  [[nodiscard]] bool begin(const ClosureKey& key);
  void end(const std::vector<TriedClosure>& tried);

  const Vault& vault_;
  ChannelGateway& gateway_;
  ClosureObserver& observer_;
  const WorkerOptions options_;
  std::array<std::unique_ptr<Road>, kChannelNames.size()> roads_;
  Lane desk_{4};

  std::mutex mutex_;
  std::condition_variable stop_asked_;
  std::atomic<bool> stopping_{false};
  std::set<ClosureKey> in_flight_;
  std::thread thread_;
};

}  // namespace cardvault
