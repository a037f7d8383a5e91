#pragma once

#include <chrono>
#include <thread>
#include <vector>

#include "api/metrics/metrics.h"
#include "vault/verify/verify_all.h"

namespace cardvault::api {

/// Looks at everything that is stored while the server runs, slowly, over and over: see
/// verify_wallet(). A finding is logged as `wallet_damaged` in the first round that has it; a whole
/// round is told to the metrics. While the vault is sealed it waits.
class StoreCheck {
 public:
  struct Timing {
    /// The start of a server is busy enough.
    std::chrono::milliseconds before_first{10'000};
    /// A small vault is looked at once a minute. Where rounds take hours it costs nothing.
    std::chrono::milliseconds between{60'000};
  };

  /// Both outlive this. `rate` wallets a second at most; 0: none at all. `shared`: see
  /// stand_back().
  StoreCheck(const Vault& vault, Metrics& metrics, std::uint64_t rate, bool shared)
      : StoreCheck(vault, metrics, rate, shared, Timing()) {}
  StoreCheck(const Vault& vault, Metrics& metrics, std::uint64_t rate, bool shared, Timing timing);

 private:
  void run(const std::stop_token& stop);
  void check(const std::stop_token& stop);
  /// Those from `from` on that the last round did not have.
  void log_new(const std::vector<Finding>& findings, std::size_t from) const;

  const Vault& vault_;
  Metrics& metrics_;
  const std::uint64_t rate_;
  const Timing timing_;
  std::vector<Finding> last_round_;
  std::jthread thread_;  ///< last, so that its end still finds the rest
};

}  // namespace cardvault::api
