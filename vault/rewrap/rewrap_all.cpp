#include "vault/rewrap/rewrap_all.h"

#include <algorithm>
#include <utility>

#include "crypto/error_codes.h"
#include "vault/rewrap/rewrap_wallet.h"
#include "vault/storage/error_codes.h"
#include "vault/storage/for_each_wallet.h"

namespace cardvault {
namespace {

// A round fails only if another change of the wallet was committed first. If 64 threads change the
// wallet all the time, one round in 65 succeeds. Then a thousand rounds all fail once in five
// million times.
constexpr int kMostRounds = 1000;

/// True if this wallet alone is at fault, so that the next one may be sound.
bool is_of_the_wallet(ErrorCode code) {
  return code == ErrorCode::record_corrupt || code == CryptoError::key_unavailable ||
         code == ErrorCode::write_conflict || code == StorageError::audit_log_damaged ||
         code == ErrorCode::internal;
}

class Walk {
 public:
  Walk(const Vault& vault, const RewrapOptions& options, const std::stop_token& stop)
      : vault_(vault), options_(options), stop_(stop), pace_(options.rate, options.wait) {}

  [[nodiscard]] RewrapCount& count() { return count_; }

  Status take(std::span<const WalletId> wallets) {
    TRY_VALUE(const auto ages, KeyAges::of(vault_.keyring));
    std::vector<WalletRewrap> rewraps;
    std::vector<Commit> commits;
    rewraps.reserve(wallets.size());
    for (const WalletId& wallet : wallets) {
      WalletRewrap rewrap(vault_, ages, wallet);
      auto commit = rewrap.next();
      if (!commit && commit.error().code == ErrorCode::write_conflict) {
        TRY(compete(rewrap));
      } else if (!commit) {
        TRY(pass_over(wallet, commit.error()));
      } else if (*commit) {
        commits.push_back(std::move(**commit));
        rewraps.push_back(std::move(rewrap));
      }
    }
    TRY(commit_all(rewraps, commits));
    count_.seen += wallets.size();
    pace_.keep(count_.seen, stop_);
    return {};
  }

 private:
  Status pass_over(const WalletId& wallet, const Error& error) {
    if (!is_of_the_wallet(error.code)) return fail(error);
    // If the keyring cannot be trusted, no wallet opens, and this wallet is not at fault.
    TRY(KeyAges::of(vault_.keyring));
    ++count_.failed;
    if (count_.first_failed.size() < RewrapCount::kMostNamed) {
      count_.first_failed.push_back({wallet, error.code});
    }
    return {};
  }

  Status commit_all(std::vector<WalletRewrap>& rewraps, const std::vector<Commit>& commits) {
    if (commits.empty()) return {};
    const auto outcomes = vault_.store.commit_all(commits);
    if (!outcomes && !is_of_the_wallet(outcomes.error().code)) return fail(outcomes.error());
    for (std::size_t i = 0; i < commits.size(); ++i) {
      if (outcomes && (*outcomes)[i] == CommitOutcome::committed) {
        ++count_.rewrapped;
      } else {
        TRY(compete(rewraps[i]));
      }
    }
    return {};
  }

  Status compete(WalletRewrap& rewrap) {
    if (!options_.promptly) return again(rewrap);
    Status done;
    options_.promptly([&] { done = again(rewrap); });
    return done;
  }

  /// Retries a wallet that another request changed meanwhile, or whose batch the store refused.
  Status again(WalletRewrap& rewrap) {
    auto subject = RewrapSubject::yes;
    for (int round = 0; round < kMostRounds && !stop_.stop_requested(); ++round) {
      const auto commit = rewrap.next(subject);
      if (!commit && commit.error().code == ErrorCode::write_conflict) continue;
      if (!commit) return pass_over(rewrap.wallet(), commit.error());
      if (!*commit) return {};
      const auto outcome = vault_.store.commit(**commit);
      if (!outcome) return pass_over(rewrap.wallet(), outcome.error());
      if (*outcome == CommitOutcome::committed) {
        ++count_.rewrapped;
        return {};
      }
      // Another wallet of the same subject owns the entry. Leave the subject out, so that all other
      // parts are renewed.
      if (*outcome == CommitOutcome::index_taken) subject = RewrapSubject::no;
    }
    if (stop_.stop_requested()) return {};
    return pass_over(rewrap.wallet(), make_error(ErrorCode::write_conflict, ""));
  }

  const Vault& vault_;
  const RewrapOptions& options_;
  const std::stop_token& stop_;
  const WalkPace pace_;
  RewrapCount count_;
};

}  // namespace

Result<RewrapCount> rewrap_all(const Vault& vault, const RewrapOptions& options,
                               const std::stop_token& stop,
                               const std::function<void(const RewrapCount&)>& observe) {
  TRY(KeyAges::of(vault.keyring));
  Walk walk(vault, options, stop);
  TRY_VALUE(
      const auto finished,
      for_each_wallet(vault.store, std::clamp<std::size_t>(options.batch, 1, kMostCommitsAtOnce),
                      stop, [&](std::span<const WalletId> wallets) {
                        auto taken = walk.take(wallets);
                        if (taken) observe(walk.count());
                        return taken;
                      }));
  walk.count().finished = finished;
  return std::move(walk.count());
}

}  // namespace cardvault
