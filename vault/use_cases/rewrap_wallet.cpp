#include "vault/use_cases/rewrap_wallet.h"

#include <algorithm>

#include "vault/use_cases/audit_log.h"
#include "vault/use_cases/bind_card.h"
#include "vault/use_cases/manage_wallet.h"
#include "vault/use_cases/pan_record.h"
#include "vault/wallet/times.h"

namespace cardvault {
namespace {

// A round is lost only when another change of the wallet came between its reads.
constexpr int kMostRounds = 8;

const Actor kNobody{""};

class Rewrap {
 public:
  Rewrap(const Vault& vault, const KeyAges& ages, OpenWallet opened)
      : vault_(vault),
        ages_(ages),
        version_(opened.version),
        wallet_(std::move(opened.wallet)),
        change_(vault, kNobody, vault.clock.now()),
        needed_(pull_back_times(wallet_, change_.now()) ||
                ages.is_older(Purpose::wallet_records, opened.sealed_under)) {}

  Result<std::optional<Commit>> run(RewrapSubject with_subject) {
    if (with_subject == RewrapSubject::yes) {
      if (const auto done = subject(); !done) return fail(done.error());
    }
    if (const auto done = cards(); !done) return fail(done.error());
    if (const auto done = audit_log(); !done) return fail(done.error());
    answers();
    if (!needed_) return std::nullopt;
    auto commit = change_.into_commit(wallet_, version_);
    if (!commit) return fail(std::move(commit.error()));
    commit->rewrite_audit = !log_.empty();
    commit->audit = std::move(log_);
    return std::move(*commit);
  }

 private:
  Status subject() {
    const bool looked_up = wallet_.state != WalletState::closed && !wallet_.subject_text.empty();
    if (!looked_up || !ages_.is_older(Purpose::subject_index, wallet_.subject.key)) return {};
    const auto digests = subject_digests(vault_, wallet_.subject_text);
    if (!digests) return fail(digests.error());
    rekey_subject(wallet_, change_, *digests);
    needed_ = true;
    return {};
  }

  Status cards() {
    for (Card& card : wallet_.cards) {
      const bool hash = ages_.is_older(Purpose::pan_fingerprint, card.fingerprint.key);
      if (!hash && !ages_.has_older(Purpose::pan_wrapping)) continue;
      const auto record = load_pan(card.id);
      if (!record) return fail(record.error());
      const PanRecord pan(vault_, wallet_.id, card.id);
      if (hash) {
        if (const auto done = fingerprint(card, pan, *record); !done) return done;
      }
      if (ages_.is_older(Purpose::pan_wrapping, wrapping_key_of(*record))) {
        if (const auto done = wrap(card, pan, *record); !done) return done;
      }
    }
    return {};
  }

  Result<SealedRecord> load_pan(const CardId& card) {
    auto record = vault_.store.load_pan(wallet_.id, card);
    if (!record) return fail(std::move(record.error()));
    if (*record) return std::move(**record);
    return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.",
                OperatorText{"PAN record " + wallet_.id.text() + "/" + card.text() + ": missing"});
  }

  Status fingerprint(Card& card, const PanRecord& pan, const SealedRecord& record) {
    const auto number = pan.open(record);
    if (!number) return fail(number.error());
    const auto digests = pan_fingerprints(vault_, *number);
    if (!digests) return fail(digests.error());
    change_.remove_index.push_back({IndexKind::pan_fingerprint, card.fingerprint.value});
    card.fingerprint = digests->current();
    change_.add_index.push_back({IndexKind::pan_fingerprint, card.fingerprint.value});
    needed_ = true;
    return {};
  }

  Status wrap(const Card& card, const PanRecord& pan, const SealedRecord& record) {
    auto wrapped = pan.rewrap(record);
    if (!wrapped) return fail(std::move(wrapped.error()));
    change_.put_pans.emplace_back(card.id, std::move(*wrapped));
    needed_ = true;
    return {};
  }

  Status audit_log() {
    if (!ages_.has_older(Purpose::audit)) return {};
    // One more than there should be, or what the wallet does not know of would be left out.
    const auto rows = vault_.store.read_audit(wallet_.id, 0, wallet_.audit.seq + 1);
    if (!rows) return fail(rows.error());
    const bool any = std::ranges::any_of(*rows, [&](const AuditRow& row) {
      return ages_.is_older(Purpose::audit, key_of(row.record));
    });
    if (!any) return {};
    auto anew = relink_audit_log(vault_, wallet_, *rows);
    if (!anew) return fail(std::move(anew.error()));
    log_ = std::move(*anew);
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

  const Vault& vault_;
  const KeyAges& ages_;
  const std::uint64_t version_;
  Wallet wallet_;
  WalletChange change_;
  std::vector<AuditRow> log_;
  bool needed_;
};

}  // namespace

Result<std::optional<Commit>> rewrap_wallet(const Vault& vault, const KeyAges& ages,
                                            const WalletId& wallet, RewrapSubject subject) {
  std::uint64_t seen = 0;
  Error error = make_error(ErrorCode::write_conflict, "Too many changes of this wallet at once.");
  for (int round = 0; round < kMostRounds; ++round) {
    auto opened = open_wallet(vault, wallet);
    if (!opened && opened.error().code == ErrorCode::wallet_not_found) return std::nullopt;
    if (!opened) return fail(std::move(opened.error()));
    // What was read between two changes need not fit together; that of one version has to.
    if (opened->version == seen) return fail(std::move(error));
    seen = opened->version;
    auto commit = Rewrap(vault, ages, std::move(*opened)).run(subject);
    if (commit) return commit;
    error = std::move(commit.error());
  }
  return fail(std::move(error));
}

}  // namespace cardvault
