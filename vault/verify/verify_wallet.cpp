#include "vault/verify/verify_wallet.h"

#include <algorithm>
#include <utility>

#include "crypto/error_codes.h"
#include "vault/audit/audit_chain.h"
#include "vault/change/pan_record.h"
#include "vault/change/wallet_change.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

// Index and wallet are read at different moments. A round fails only if the wallet changed between.
constexpr int kMostReads = 8;

/// True if the stored data is at fault, not the store or the keyring.
bool is_damage(ErrorCode code) {
  return code == ErrorCode::record_corrupt || code == CryptoError::key_unavailable;
}

class Verification {
 public:
  Verification(const Vault& vault, const WalletId& id, VerifyIndex index)
      : vault_(vault), id_(id), index_(index) {}

  Result<WalletVerdict> run() {
    for (int round = 1;; ++round) {
      verdict_ = {};
      TRY_VALUE(const auto version, look());
      if (version == 0 || !is_unsure_ || round == kMostReads) break;
      TRY_VALUE(const auto now, vault_.store.load_snapshot(id_, {}));
      if (now && now->wallet.version == version) break;
    }
    return std::move(verdict_);
  }

 private:
  /// Returns the version that was checked, or 0 if the wallet does not exist or cannot be read.
  Result<std::uint64_t> look() {
    is_unsure_ = false;
    const auto snapshot = vault_.store.load_snapshot(id_, {.pans = true});
    if (!snapshot) return unreadable(snapshot.error());
    if (!*snapshot) return 0;
    const auto opened = open_stored_wallet(vault_, id_, (*snapshot)->wallet);
    if (!opened) return unreadable(opened.error());
    const Wallet& wallet = opened->wallet;
    for (const Card& card : wallet.cards) {
      TRY(number(card, (*snapshot)->pans));
      TRY_VALUE(const auto found, leads_here({IndexKind::pan_fingerprint, card.fingerprint.value}));
      if (!found) note({.wallet = id_, .what = Damage::card_not_found, .card = card.id});
      is_unsure_ = is_unsure_ || !found;
    }
    verdict_.strays =
        static_cast<std::uint64_t>(std::ranges::count_if((*snapshot)->pans, [&](const auto& pan) {
          return wallet.find_card(pan.first) == nullptr;
        }));
    TRY(subject(wallet));
    TRY(audit_log());
    return opened->version;
  }

  Result<std::uint64_t> unreadable(const Error& error) {
    if (!is_damage(error.code)) return fail(error);
    note({.wallet = id_, .what = Damage::wallet_unreadable});
    return 0;
  }

  Status number(const Card& card, const std::vector<std::pair<CardId, SealedRecord>>& pans) {
    const auto found = std::ranges::find(pans, card.id, [](const auto& pan) { return pan.first; });
    if (found == pans.end()) {
      note({.wallet = id_, .what = Damage::number_missing, .card = card.id});
      return {};
    }
    const auto opened = PanRecord(vault_, id_, card.id).open(found->second);
    if (!opened && !is_damage(opened.error().code)) return fail(opened.error());
    if (!opened) {
      note({.wallet = id_, .what = Damage::number_unreadable, .card = card.id});
      return {};
    }
    TRY_VALUE(const auto digests, pan_fingerprints(vault_, *opened));
    if (digests.has(card.fingerprint.value)) {
      ++verdict_.numbers;
    } else {
      note({.wallet = id_, .what = Damage::number_mismatch, .card = card.id});
    }
    return {};
  }

  Status subject(const Wallet& wallet) {
    if (wallet.state == WalletState::closed) return {};
    TRY_VALUE(const auto found, leads_here({IndexKind::subject, wallet.subject.value}));
    if (!found) note({.wallet = id_, .what = Damage::subject_not_found});
    is_unsure_ = is_unsure_ || !found;
    return {};
  }

  Status audit_log() {
    const auto check = check_audit_chain(vault_, id_);
    if (!check && check.error().code == WalletError::wallet_not_found) return {};
    if (!check) {
      const auto noted = unreadable(check.error());
      return noted ? Status() : fail(noted.error());
    }
    if (!check->intact) {
      note({.wallet = id_, .what = Damage::audit_log_broken, .first_broken = check->first_broken});
    }
    return {};
  }

  Result<bool> leads_here(const IndexKey& key) {
    if (index_ == VerifyIndex::no) return true;
    return vault_.store.leads_to(key, id_);
  }

  void note(Finding finding) { verdict_.findings.push_back(std::move(finding)); }

  const Vault& vault_;
  const WalletId& id_;
  const VerifyIndex index_;
  WalletVerdict verdict_;
  bool is_unsure_ = false;
};

}  // namespace

Result<WalletVerdict> verify_wallet(const Vault& vault, const WalletId& wallet, VerifyIndex index) {
  return Verification(vault, wallet, index).run();
}

}  // namespace cardvault
