#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "crypto/keys/seal.h"
#include "crypto/keys/seals/share.h"

namespace cardvault {

inline constexpr std::size_t kLongestCustodianName = 64;

/// Who was given shares of a root key, and how many of them open it. Not secret.
struct Ceremony {
  CeremonyId id{};
  std::uint8_t threshold = 0;           ///< 2 ... shares
  std::uint8_t shares = 0;              ///< at most shamir::kMostPoints
  std::vector<std::string> custodians;  ///< the holder of share x is custodians[x - 1]

  /// A new one. Without custodians they are "custodian 1", "custodian 2" and so on; otherwise one
  /// name for each share: 1 to kLongestCustodianName bytes of UTF-8 without control characters, no
  /// two the same. invalid_request naming threshold, shares or custodians for anything else.
  [[nodiscard]] static Result<Ceremony> make(std::uint32_t threshold, std::uint32_t shares,
                                             std::vector<std::string> custodians,
                                             RandomSource& random);

  /// invalid_request as make(), for one that came from elsewhere.
  [[nodiscard]] Status check() const;

  bool operator==(const Ceremony&) const = default;
};

/// A root key that exists as shares, and in this process after enough of them were given
/// (see share_collector.h). Every byte of the ceremony is bound to the wrapped key.
///
///   wrapped = format (1) | ceremony (8) | threshold (1) | shares (1)
///             | for each share: length (1), custodian | see root_key.h
class ShamirSeal final : public Seal {
 public:
  /// `root` has kSharedRootSize bytes.
  ShamirSeal(Ceremony ceremony, SecretBytes root, RandomSource& random);

  [[nodiscard]] SealKind kind() const override { return SealKind::shamir; }
  [[nodiscard]] Result<Bytes> wrap(const SecretBytes& key) override;
  /// record_corrupt also for a key of this root that names another ceremony.
  [[nodiscard]] Result<SecretBytes> unwrap(ByteView wrapped) override;

  [[nodiscard]] const Ceremony& ceremony() const { return ceremony_; }
  /// To be split again, for other custodians.
  [[nodiscard]] const SecretBytes& root() const { return root_; }

  /// What a wrapped key says about its ceremony, well-formed but not authentic: until the shares
  /// have opened it, whoever writes the store chooses the names. record_corrupt for bytes that
  /// wrap() cannot have made.
  [[nodiscard]] static Result<Ceremony> ceremony_of(ByteView wrapped);

 private:
  const Ceremony ceremony_;
  const SecretBytes root_;
  RandomSource& random_;
};

/// A share of `root` (kSharedRootSize bytes) for each custodian, in their order.
[[nodiscard]] std::vector<Share> split_root(const Ceremony& ceremony, ByteView root,
                                            RandomSource& random);

}  // namespace cardvault
