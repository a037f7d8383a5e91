#include "vault/rewrap/rewrap_wallet.h"

#include <algorithm>

#include "vault/change/pan_record.h"
#include "vault/change/wallet_change.h"
#include "vault/lifecycle/manage_wallet.h"
#include "vault/wallet/error_codes.h"
#include "vault/wallet/times.h"

namespace cardvault {
namespace {

// A round fails only if another change of the wallet came between its reads.
constexpr int kMostTries = 1000;

const Actor kNobody{""};

Result<SealedRecord> load_pan(const Vault& vault, const WalletId& wallet, const CardId& card) {
  TRY_VALUE(auto record, vault.store.load_pan(wallet, card));
  if (record) return std::move(*record);
  return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.",
              OperatorText{"PAN record " + wallet.text() + "/" + card.text() + ": missing"});
}

}  // namespace

/// Makes the commit for one version of the wallet.
class WalletRewrap::Attempt {
 public:
  Attempt(WalletRewrap& rewrap, OpenWallet opened)
      : rewrap_(rewrap),
        vault_(rewrap.vault_),
        ages_(rewrap.ages_),
        version_(opened.version),
        wallet_(std::move(opened.wallet)),
        change_(vault_, kNobody, vault_.clock.now()),
        needed_(pull_back_times(wallet_, change_.now()) ||
                ages_.is_older(Purpose::wallet_records, opened.sealed_under)) {}

  Result<std::optional<Commit>> run(RewrapSubject with_subject) {
    if (with_subject == RewrapSubject::yes) {
      TRY(subject());
    }
    TRY(cards());
    TRY(audit_log());
    answers();
    if (!needed_) return std::nullopt;
    TRY_VALUE(auto commit, change_.into_commit(wallet_, version_));
    commit.rewrite_audit = rewrap_.log_is_older_;
    if (commit.rewrite_audit) commit.audit = rewrap_.log_.rows;
    return commit;
  }

 private:
  Status subject() {
    const bool looked_up = wallet_.state != WalletState::closed;
    if (!looked_up || !ages_.is_older(Purpose::subject_index, wallet_.subject.key)) return {};
    TRY_VALUE(const auto digests, subject_digests(vault_, wallet_.subject_text));
    rekey_subject(wallet_, change_, digests);
    needed_ = true;
    return {};
  }

  Status cards() {
    for (Card& card : wallet_.cards) {
      auto known = rewrap_.cards_.find(card.id);
      if (known == rewrap_.cards_.end()) {
        TRY_VALUE(auto made, rewrap_.work_for(card));
        known = rewrap_.cards_.emplace(card.id, std::move(made)).first;
      }
      apply(card, known->second);
    }
    return {};
  }

  void apply(Card& card, const CardWork& work) {
    if (work.fingerprint && ages_.is_older(Purpose::pan_fingerprint, card.fingerprint.key)) {
      change_.remove_index.push_back({IndexKind::pan_fingerprint, card.fingerprint.value});
      card.fingerprint = *work.fingerprint;
      change_.add_index.push_back({IndexKind::pan_fingerprint, card.fingerprint.value});
      needed_ = true;
    }
    if (!work.wrapped) return;
    change_.put_pans.emplace_back(card.id, *work.wrapped);
    needed_ = true;
  }

  Status audit_log() {
    if (!ages_.has_older(Purpose::audit)) return {};
    TRY(rewrap_.follow_log(wallet_));
    if (!rewrap_.log_is_older_) return {};
    wallet_.audit = rewrap_.log_.new_head;
    needed_ = true;
    return {};
  }

  void answers() {
    const auto dropped = std::erase_if(wallet_.answers, [&](const RememberedAnswer& one) {
      return one.at + kAnswerLifetime <= change_.now() &&
             ages_.is_older(Purpose::request_digest, one.key.key);
    });
    needed_ = needed_ || dropped > 0;
  }

  WalletRewrap& rewrap_;
  const Vault& vault_;
  const KeyAges& ages_;
  const std::uint64_t version_;
  Wallet wallet_;
  WalletChange change_;
  bool needed_;
};

Result<std::optional<Commit>> WalletRewrap::next(RewrapSubject subject) {
  std::uint64_t seen = 0;
  Error error;
  for (int round = 0; round < kMostTries; ++round) {
    auto opened = open_wallet(vault_, id_);
    if (!opened && opened.error().code == WalletError::wallet_not_found) return std::nullopt;
    if (!opened) return fail(std::move(opened.error()));
    // Parts that were read across a change may contradict each other. If the version is the same as
    // in the last round, the contradiction is real.
    if (opened->version == seen) return fail(std::move(error));
    seen = opened->version;
    has_more_ = false;
    auto commit = Attempt(*this, std::move(*opened)).run(subject);
    if (commit) return commit;
    error = std::move(commit.error());
    if (!has_more_) forget();
  }
  // The wallet changed in every round, so no contradiction is proven.
  return fail(ErrorCode::write_conflict, "Too many changes of this wallet at once. Try again.");
}

Result<WalletRewrap::CardWork> WalletRewrap::work_for(const Card& card) const {
  CardWork work;
  const bool hash = ages_.is_older(Purpose::pan_fingerprint, card.fingerprint.key);
  if (!hash && !ages_.has_older(Purpose::pan_wrapping)) return work;
  TRY_VALUE(const auto record, load_pan(vault_, id_, card.id));
  const PanRecord pan(vault_, id_, card.id);
  if (hash) {
    TRY_VALUE(const auto number, pan.open(record));
    TRY_VALUE(const auto digests, pan_fingerprints(vault_, number));
    work.fingerprint = digests.current();
  }
  if (ages_.is_older(Purpose::pan_wrapping, wrapping_key_of(record))) {
    TRY_VALUE(auto wrapped, pan.rewrap(record));
    work.wrapped = std::move(wrapped);
  }
  return work;
}

Status WalletRewrap::follow_log(const Wallet& wallet) {
  const AuditHead& head = wallet.audit;
  if (head.seq < read_) return fail(broken_audit_chain(id_, head.seq + 1));
  // Read one entry more than the wallet knows of, so that a surplus entry is detected and not
  // dropped.
  TRY_VALUE(auto rows, vault_.store.read_audit(id_, read_, head.seq - read_ + 1));
  has_more_ = rows.size() > head.seq - read_;
  if (has_more_) rows.pop_back();
  for (AuditRow& row : rows) {
    log_is_older_ = log_is_older_ || ages_.is_older(Purpose::audit, key_of(row.record));
    not_relinked_.push_back(std::move(row));
    ++read_;
  }
  if (has_more_) return fail(broken_audit_chain(id_, head.seq + 1));
  if (!log_is_older_) return {};
  const auto relinked = relink_audit_log(vault_, id_, not_relinked_, log_);
  not_relinked_.clear();
  if (!relinked) return relinked;
  return log_.old_head == head ? Status{} : fail(broken_audit_chain(id_, log_.old_head.seq + 1));
}

void WalletRewrap::forget() {
  cards_.clear();
  not_relinked_.clear();
  read_ = 0;
  log_is_older_ = false;
  log_ = {};
}

}  // namespace cardvault
