#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "crypto/keys/seals/shamir_seal.h"

namespace cardvault {

/// Holds the shares that custodians give one after another until there are enough to open the
/// wrapped key, and not a moment longer. Opening it is the only test of a share that somebody made
/// up; until then it counts like every other. Safe from any thread: whoever gives the last share
/// gets the key, and nobody else.
class ShareCollector {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  /// Custodians who come together need a minute each. When nobody came for this long the meeting
  /// is over, and what was given must not wait in memory for whoever comes next.
  static constexpr std::chrono::minutes kPatience{10};

  struct Progress {
    std::uint8_t have = 0;
    std::uint8_t need = 0;

    bool operator==(const Progress&) const = default;
  };
  struct Opened {
    SecretBytes key;
    std::unique_ptr<ShamirSeal> seal;  ///< to wrap again
  };
  using Outcome = std::variant<Progress, Opened>;

  explicit ShareCollector(RandomSource& random) : random_(random) {}

  /// One more share for `wrapped`. Opened after the last one that is needed; all shares are then
  /// forgotten.
  ///
  /// share_refused, with the detail of share_refused(), for a share that is mistyped, was given
  /// already or belongs to another ceremony, threshold or number of shares: the earlier ones stay.
  /// The same when there are enough but they do not open the key: all are forgotten.
  /// record_corrupt when `wrapped` is not well-formed.
  [[nodiscard]] Result<Outcome> offer(const SecretText& typed, ByteView wrapped, Moment now);

  /// How far it is with `wrapped`. record_corrupt as above.
  [[nodiscard]] Result<Progress> progress(ByteView wrapped, Moment now);

  /// Ends the patience in time: whoever holds the collector calls it now and then.
  void forget_late(Moment now);
  void forget();

 private:
  // Drops the shares collected so far when they were for something else or are too old.
  [[nodiscard]] Status turn_to(ByteView wrapped, Moment now);
  [[nodiscard]] Progress counted() const;
  [[nodiscard]] Status accept(Share share, Moment now);
  [[nodiscard]] Result<Outcome> open(ByteView wrapped);

  RandomSource& random_;
  std::mutex mutex_;
  Ceremony ceremony_;  ///< the one that the points are of
  std::vector<shamir::Point> points_;
  Moment last_came_{};
};

}  // namespace cardvault
