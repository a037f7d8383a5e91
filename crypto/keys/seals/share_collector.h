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

/// Holds the custodians' shares until there are enough to open the wrapped key, and no longer.
/// Opening the key is the only test that finds an invented share; until then it counts like every
/// other. Safe from any thread: only the caller that gives the last share gets the key.
class ShareCollector {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  /// Custodians who meet need a minute each. If no share has come for this long, the meeting is
  /// over. The shares given so far must not wait in memory for the next person.
  static constexpr std::chrono::minutes kPatience{10};

  struct Progress {
    std::uint8_t have = 0;
    std::uint8_t need = 0;

    bool operator==(const Progress&) const = default;
  };
  struct Opened {
    SecretBytes key;
    std::unique_ptr<ShamirSeal> seal;  ///< wraps the next key
  };
  using Outcome = std::variant<Progress, Opened>;

  explicit ShareCollector(RandomSource& random) : random_(random) {}

  /// Takes one more share for `wrapped`. Returns Opened after the last share that is needed; all
  /// shares are then forgotten.
  ///
  /// share_refused, with the detail of share_refused(), if the share is mistyped, was given already
  /// or belongs to another ceremony, threshold or number of shares; the earlier shares stay.
  /// share_refused also if there are enough shares but they do not open the key; then all are
  /// forgotten. record_corrupt if `wrapped` is not well-formed.
  [[nodiscard]] Result<Outcome> offer(const SecretText& typed, ByteView wrapped, Moment now);

  /// Progress for `wrapped`. record_corrupt as above.
  [[nodiscard]] Result<Progress> progress(ByteView wrapped, Moment now);

  /// Forgets the shares if kPatience has passed. The owner of the collector calls it regularly.
  void forget_late(Moment now);
  void forget();

 private:
  // Drops the shares collected so far if they are for another ceremony or too old.
  [[nodiscard]] Status turn_to(ByteView wrapped, Moment now);
  [[nodiscard]] Progress counted() const;
  [[nodiscard]] Status accept(Share share, Moment now);
  [[nodiscard]] Result<Outcome> open(ByteView wrapped);

  RandomSource& random_;
  std::mutex mutex_;
  Ceremony ceremony_;  ///< the ceremony of the points
  std::vector<shamir::Point> points_;
  Moment last_came_{};
};

}  // namespace cardvault
