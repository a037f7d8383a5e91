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

/// A summary of a store's contents, to compare it with another store. The digest covers the SHA-256
/// digests of every wallet's image and of every index entry, each once and in a fixed order. So it
/// does not depend on the order in which the store lists them, or on repetitions.
struct StoreTally {
  std::uint64_t wallets = 0;
  std::uint64_t pan_records = 0;
  std::uint64_t audit_entries = 0;
  std::uint64_t index_entries = 0;
  std::uint64_t due_times = 0;
  Digest digest{};

  bool operator==(const StoreTally&) const = default;
};

/// Returns SHA-256 over all data of the image, each part with its length first.
[[nodiscard]] Digest image_digest(const WalletImage& image);

/// Returns all wallets, sorted, each once.
[[nodiscard]] Result<std::vector<WalletId>> list_all_wallets(WalletArchive& archive);

/// Returns the images of all `wallets` in their order. If an image is missing or surplus, it fails
/// with write_conflict: the caller listed the wallets before, so something else uses the store.
[[nodiscard]] Result<std::vector<WalletImage>> export_all(WalletArchive& archive,
                                                          std::span<const WalletId> wallets);

/// Gives out wallets in batches to the threads that ask for them.
class Batches {
 public:
  /// Wallets per batch. Each thread holds one batch of both stores in memory; with long audit logs
  /// these are some megabytes.
  static constexpr std::size_t kWallets = 64;

  /// Keeps a reference to `all`, which must outlive it.
  explicit Batches(std::span<const WalletId> all) : all_(all) {}

  [[nodiscard]] std::size_t size() const { return all_.size(); }
  /// Returns the beginning of the next batch, or `size()` or more if none is left.
  [[nodiscard]] std::size_t take() { return next_.fetch_add(kWallets); }
  [[nodiscard]] std::span<const WalletId> at(std::size_t begin) const {
    return all_.subspan(begin, std::min(kWallets, all_.size() - begin));
  }

 private:
  const std::span<const WalletId> all_;
  std::atomic<std::size_t> next_{0};
};

/// Reads everything on `workers` threads. It needs 48 bytes of memory per wallet and 32 per index
/// entry. `wallets_read` is called from any of the threads. It gets the number of wallets read
/// since, and the total.
[[nodiscard]] Result<StoreTally> tally_store(
    WalletArchive& archive, std::size_t workers,
    const std::function<void(std::uint64_t more, std::uint64_t total)>& wallets_read);

}  // namespace cardvault
