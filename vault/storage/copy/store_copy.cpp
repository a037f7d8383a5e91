#include "vault/storage/copy/store_copy.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "vault/storage/copy/steps.h"

namespace cardvault {
namespace {

constexpr const char* kUnchanged = " The target was not changed. Copy into an empty store instead.";
/// Earlier batches may already have replaced older wallets.
constexpr const char* kPartlyReplaced =
    " This wallet was not overwritten. Other wallets of the target may already have been replaced. "
    "Copy into an empty store instead.";

/// The vault's own records. The keyring is last, because a server starts when it finds one.
constexpr std::array kRecords{VaultRecord::clients, VaultRecord::keyring};
using Records = std::array<StoredWallet, kRecords.size()>;

std::unexpected<Error> refuse(std::string detail) {
  return fail(ErrorCode::write_conflict, std::move(detail));
}

bool same(const StoredWallet& one, const StoredWallet& other) {
  return one.version == other.version && one.record == other.record;
}

bool same(const AuditRow& one, const AuditRow& other) {
  return one.seq == other.seq && one.record == other.record && one.link == other.link;
}

bool begins_with(const std::vector<AuditRow>& log, const std::vector<AuditRow>& beginning) {
  return beginning.size() <= log.size() &&
         std::equal(beginning.begin(), beginning.end(), log.begin(),
                    [](const AuditRow& a, const AuditRow& b) { return same(a, b); });
}

/// Checks that the source's wallet may replace the target's different one.
Status may_replace(const WalletImage& source, const WalletImage& target) {
  const std::string wallet = "The target's wallet " + source.id.text();
  if (target.wallet.version > source.wallet.version) {
    return refuse(wallet + " is newer than the source's: it was changed in the target." +
                  kPartlyReplaced);
  }
  if (target.wallet.version == source.wallet.version || !begins_with(source.audit, target.audit)) {
    return refuse(wallet +
                  " differs from the source's: it was changed in the target, or is damaged." +
                  kPartlyReplaced);
  }
  return {};
}

std::string words_of(const StoreTally& tally) {
  return std::to_string(tally.wallets) + " wallets, " + std::to_string(tally.pan_records) +
         " card numbers, " + std::to_string(tally.audit_entries) + " audit entries, " +
         std::to_string(tally.index_entries) + " index entries, " +
         std::to_string(tally.due_times) + " due times, digest " + to_hex(tally.digest);
}

class StoreCopy {
 public:
  StoreCopy(WalletArchive& source, WalletArchive& target, const CopyOptions& options)
      : source_(source), target_(target), options_(options) {}

  Result<CopyResult> run() {
    TRY_VALUE(const auto records, source_records());
    TRY(check_target_records(records));
    TRY(list_wallets());
    TRY(copy_wallets());
    TRY(copy_index());
    TRY_VALUE(const auto tally, compare());
    TRY(copy_records(records));
    return CopyResult{.tally = tally, .copied = copied_, .skipped = skipped_};
  }

 private:
  using Stage = CopyProgress::Stage;

  Result<Records> source_records() {
    Records records;
    for (std::size_t i = 0; i < kRecords.size(); ++i) {
      TRY_VALUE(auto loaded, source_.load_vault_record(kRecords[i]));
      if (!loaded) return refuse("The source holds no vault: it has no keyring or no clients.");
      records[i] = std::move(*loaded);
    }
    return records;
  }

  Status check_target_records(const Records& records) {
    TRY_VALUE(const auto keyring, target_.load_vault_record(VaultRecord::keyring));
    if (keyring && !same(*keyring, records.back())) {
      return refuse(std::string("The target holds another vault: its keyring is different.") +
                    kUnchanged);
    }
    TRY_VALUE(const auto clients, target_.load_vault_record(VaultRecord::clients));
    if (clients && !same(*clients, records.front()) &&
        clients->version >= records.front().version) {
      return refuse(std::string("The clients were changed in the target.") + kUnchanged);
    }
    return {};
  }

  Status list_wallets() {
    TRY_VALUE(auto all, list_all_wallets(source_));
    wallets_ = std::move(all);
    TRY_VALUE(auto there, list_all_wallets(target_));
    there_ = std::move(there);
    if (std::ranges::includes(wallets_, there_)) return {};
    return refuse(std::string("The target holds wallets that the source does not have.") +
                  kUnchanged);
  }

  Status copy_wallets() {
    Batches batches(wallets_);
    return run_steps(options_.workers, [&]() -> Result<bool> {
      const std::size_t begin = batches.take();
      if (begin >= batches.size()) return false;
      const auto batch = batches.at(begin);
      TRY(copy_batch(batch));
      advance(Stage::wallets, batch.size(), batches.size());
      return true;
    });
  }

  Status copy_batch(std::span<const WalletId> batch) {
    TRY_VALUE(auto images, export_all(source_, batch));
    TRY_VALUE(const auto known, export_all(target_, known_of(batch)));
    std::vector<WalletImage> wanted;
    auto there = known.begin();
    for (WalletImage& image : images) {
      if (there != known.end() && there->id == image.id) {
        const WalletImage& kept = *there++;
        if (image_digest(kept) == image_digest(image)) continue;
        TRY(may_replace(image, kept));
      }
      wanted.push_back(std::move(image));
    }
    copied_ += wanted.size();
    skipped_ += batch.size() - wanted.size();
    return wanted.empty() ? Status{} : target_.import_wallets(wanted);
  }

  /// Returns the wallets of the batch that the target had at the start. The batch must be sorted.
  [[nodiscard]] std::vector<WalletId> known_of(std::span<const WalletId> batch) const {
    std::vector<WalletId> known;
    std::ranges::copy_if(batch, std::back_inserter(known), [this](const WalletId& id) {
      return std::ranges::binary_search(there_, id);
    });
    return known;
  }

  Status copy_index() {
    std::mutex mutex;
    std::optional<std::string> cursor{""};
    return run_steps(options_.workers, [&]() -> Result<bool> {
      Result<ArchivePage<IndexEntry>> page;
      {
        const std::lock_guard lock(mutex);
        if (!cursor) return false;
        page = source_.list_index(*cursor, kIndexPage);
        if (!page) return fail(std::move(page.error()));
        cursor = page->next.empty() ? std::nullopt : std::optional(page->next);
      }
      TRY(target_.import_index(page->items));
      advance(Stage::index, page->items.size(), 0);
      return true;
    });
  }

  Result<StoreTally> compare() {
    const auto tally = [this](WalletArchive& archive, Stage stage) {
      return tally_store(archive, options_.workers,
                         [this, stage](auto more, auto total) { advance(stage, more, total); });
    };
    TRY_VALUE(auto source, tally(source_, Stage::checking_source));
    const auto target = tally(target_, Stage::checking_target);
    if (!target || source == *target) return target;
    return fail(ErrorCode::record_corrupt,
                "The check failed: the target is not a copy of the source. Source: " +
                    words_of(source) + ". Target: " + words_of(*target) +
                    ". One of them was used during the copy, or is damaged. Copy again into an "
                    "empty store.");
  }

  Status copy_records(const Records& records) {
    TRY_VALUE(const auto now, source_records());
    if (!std::ranges::equal(now, records,
                            [](const auto& a, const auto& b) { return same(a, b); })) {
      return refuse("The source was used during the copy. Stop its server and copy again.");
    }
    for (std::size_t i = 0; i < kRecords.size(); ++i) {
      TRY(target_.import_vault_record(kRecords[i], records[i]));
      TRY_VALUE(const auto there, target_.load_vault_record(kRecords[i]));
      if (!there || !same(*there, records[i])) {
        return fail(ErrorCode::record_corrupt,
                    "The target lost a record that was just written. Check the target store.");
      }
    }
    return {};
  }

  void advance(Stage stage, std::uint64_t more, std::uint64_t total) {
    const std::lock_guard lock(progress_mutex_);
    if (progress_.stage != stage) progress_ = {.stage = stage, .done = 0, .total = 0};
    progress_.done += more;
    progress_.total = total;
    options_.progress(progress_);
  }

  WalletArchive& source_;
  WalletArchive& target_;
  const CopyOptions& options_;
  std::vector<WalletId> wallets_;
  std::vector<WalletId> there_;  ///< wallets of the target at the start
  std::atomic<std::uint64_t> copied_{0};
  std::atomic<std::uint64_t> skipped_{0};
  std::mutex progress_mutex_;
  CopyProgress progress_;
};

}  // namespace

Result<CopyResult> copy_store(WalletArchive& source, WalletArchive& target,
                              const CopyOptions& options) {
  return StoreCopy(source, target, options).run();
}

}  // namespace cardvault
