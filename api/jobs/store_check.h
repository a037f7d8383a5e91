#pragma once

#include <chrono>
#include <thread>
#include <vector>

#include "api/metrics/metrics.h"
#include "vault/verify/verify_all.h"

namespace cardvault::api {

/// Checks everything that is stored while the server runs, slowly and repeatedly; see
/// verify_wallet(). A finding is logged as `wallet_damaged` in the first round that has it. A
/// complete round updates the metrics. While the vault is sealed, the check waits.
class StoreCheck {
 public:
  struct Timing {
    /// Do not add to the load of a server that starts.
    std::chrono::milliseconds before_first{10'000};
    /// A small vault is checked once a minute. If rounds take hours, this pause costs nothing.
    std::chrono::milliseconds between{60'000};
  };

  /// Both references must outlive this object. `rate` is the limit in wallets a second (0 = no
  /// check). `shared`: see stand_back().
  StoreCheck(const Vault& vault, Metrics& metrics, std::uint64_t rate, bool shared)
      : StoreCheck(vault, metrics, rate, shared, Timing()) {}
  StoreCheck(const Vault& vault, Metrics& metrics, std::uint64_t rate, bool shared, Timing timing);

 private:
  void run(const std::stop_token& stop);
  void check(const std::stop_token& stop);
  /// Logs the findings from index `from` on that the last round did not have.
  void log_new(const std::vector<Finding>& findings, std::size_t from) const;

  const Vault& vault_;
  Metrics& metrics_;
  const std::uint64_t rate_;
  const Timing timing_;
  std::vector<Finding> last_round_;
  std::jthread thread_;  ///< last, so that the thread ends before the other members
};

}  // namespace cardvault::api
