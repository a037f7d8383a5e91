#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "crypto/keys/seal.h"
#include "crypto/keys/seals/share.h"

namespace cardvault {

inline constexpr std::size_t kLongestCustodianName = 64;

/// The custodians of a root key, and the number of shares that open it. Not secret.
struct Ceremony {
  CeremonyId id{};
  std::uint8_t threshold = 0;           ///< 2 ... shares
  std::uint8_t shares = 0;              ///< at most shamir::kMostPoints
  std::vector<std::string> custodians;  ///< the holder of share x is custodians[x - 1]

  /// Makes a new ceremony. If `custodians` is empty, the names are "custodian 1", "custodian 2" and
  /// so on. Otherwise it holds one name for each share: 1 to kLongestCustodianName bytes of UTF-8
  /// without control characters, all different. invalid_request, naming threshold, shares or
  /// custodians, for anything else.
  [[nodiscard]] static Result<Ceremony> make(std::uint32_t threshold, std::uint32_t shares,
                                             std::vector<std::string> custodians,
                                             RandomSource& random);

  /// The checks of make(), for a ceremony from elsewhere. invalid_request as make().
  [[nodiscard]] Status check() const;

  bool operator==(const Ceremony&) const = default;
};

/// A root key that exists as shares. This process has it only after enough of them were given (see
/// share_collector.h). The whole ceremony is bound to the wrapped key.
///
///   wrapped = format (1) | ceremony (8) | threshold (1) | shares (1)
///             | for each share: length (1), custodian | see root_key.h
class ShamirSeal final : public Seal {
 public:
  /// `root` must have kSharedRootSize bytes.
  ShamirSeal(Ceremony ceremony, SecretBytes root, RandomSource& random);

  [[nodiscard]] SealKind kind() const override { return SealKind::shamir; }
  [[nodiscard]] Result<Bytes> wrap(const SecretBytes& key) override;
  /// record_corrupt also for a key that this root wrapped in another ceremony.
  [[nodiscard]] Result<SecretBytes> unwrap(ByteView wrapped) override;

  [[nodiscard]] const Ceremony& ceremony() const { return ceremony_; }
  /// For a new split among other custodians.
  [[nodiscard]] const SecretBytes& root() const { return root_; }

  /// The ceremony that a wrapped key names. It is well-formed but not authentic: until the shares
  /// have opened the key, a person who can write the store can choose the names. record_corrupt for
  /// bytes that wrap() cannot have made.
  [[nodiscard]] static Result<Ceremony> ceremony_of(ByteView wrapped);

 private:
  const Ceremony ceremony_;
  const SecretBytes root_;
  RandomSource& random_;
};

/// Splits `root` (kSharedRootSize bytes) into one share for each custodian, in their order.
[[nodiscard]] std::vector<Share> split_root(const Ceremony& ceremony, ByteView root,
                                            RandomSource& random);

}  // namespace cardvault
