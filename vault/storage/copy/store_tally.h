#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "crypto/keyed_hash.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// What a store holds, to be compared with another. The digest is over SHA-256 digests of every
/// wallet's image and of every index entry, each once and in an order of their own, so that it does
/// not depend on how the store lists them or whether it repeats itself.
struct StoreTally {
  std::uint64_t wallets = 0;
  std::uint64_t pan_records = 0;
  std::uint64_t audit_entries = 0;
  std::uint64_t index_entries = 0;
  std::uint64_t due_times = 0;
  Digest digest{};

  bool operator==(const StoreTally&) const = default;
};

/// SHA-256 over all that is in the image, each part with its length in front.
[[nodiscard]] Digest image_digest(const WalletImage& image);

/// In order, each once.
[[nodiscard]] Result<std::vector<WalletId>> list_all_wallets(WalletArchive& archive);

/// All of them, in the order of `wallets`; write_conflict when one is not there, or more comes than
/// was asked for: who lists wallets first finds them unless somebody else uses the store.
[[nodiscard]] Result<std::vector<WalletImage>> export_all(WalletArchive& archive,
                                                          std::span<const WalletId> wallets);

/// Some of the wallets at a time, to whichever thread asks next.
class Batches {
 public:
  /// At once in memory for each thread, from both sides; some megabytes with long audit logs.
  static constexpr std::size_t kWallets = 64;

  /// Lends the wallets.
  explicit Batches(std::span<const WalletId> all) : all_(all) {}

  [[nodiscard]] std::size_t size() const { return all_.size(); }
  /// Where the next batch begins; `size()` or more when there is none.
  [[nodiscard]] std::size_t take() { return next_.fetch_add(kWallets); }
  [[nodiscard]] std::span<const WalletId> at(std::size_t begin) const {
    return all_.subspan(begin, std::min(kWallets, all_.size() - begin));
  }

 private:
  const std::span<const WalletId> all_;
  std::atomic<std::size_t> next_{0};
};

/// Reads everything, on `workers` threads. Takes 48 bytes of memory for a wallet and 32 for an
/// index entry. `wallets_read` is told from any of the threads how many more there were, and of how
/// many.
[[nodiscard]] Result<StoreTally> tally_store(
    WalletArchive& archive, std::size_t workers,
    const std::function<void(std::uint64_t more, std::uint64_t total)>& wallets_read);

}  // namespace cardvault
