#include "vault/audit/audit_repair.h"

#include <map>
#include <utility>

#include "crypto/error_codes.h"
#include "vault/change/wallet_change.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

// A round fails only if another change of the wallet was committed first.
constexpr int kMostRepairs = 16;

/// The remaining entries of a log, and the wallet record at the same time. The commit expects its
/// version.
struct Remains {
  std::uint64_t version = 0;
  Wallet wallet;
  std::map<std::uint64_t, AuditEntry> entries;
};

/// An entry under a disabled key is not lost, because the operator can enable the key again.
Status require_enabled(const Keyring& keyring, const AuditRow& row) {
  const auto found = keyring.keys().find(key_of(row.record));
  if (found == keyring.keys().end() || found->second.state != KeyState::disabled) return {};
  return fail(
      CryptoError::key_unavailable,
      "The log has entries under a disabled audit key. Enable the key, then repair the log.");
}

Result<Remains> read_remains(const Vault& vault, const WalletId& id) {
  TRY_VALUE(const auto keyring, vault.keyring.opened());
  Remains remains;
  for (std::uint64_t after = 0;;) {
    TRY_VALUE(auto snapshot, vault.store.load_snapshot(
                                 id, {.audit_after = after, .audit_limit = kMostRowsInSnapshot}));
    if (!snapshot) return fail(WalletError::wallet_not_found, "There is no such wallet.");
    if (after == 0) {
      TRY_VALUE(auto opened, open_stored_wallet(vault, id, snapshot->wallet));
      remains.version = opened.version;
      remains.wallet = std::move(opened.wallet);
    }
    const auto& rows = snapshot->audit;
    for (const AuditRow& row : rows) {
      TRY(require_enabled(*keyring, row));
      TRY_VALUE(auto opened, open_audit_entry(vault, id, row, {}));
      if (opened) remains.entries.insert_or_assign(row.seq, std::move(opened->entry));
    }
    after = rows.empty() ? after + kMostRowsInSnapshot : rows.back().seq;
    if (rows.empty() && after > remains.wallet.audit.seq) return remains;
  }
}

class Repair {
 public:
  Repair(const Vault& vault, const Actor& actor, Remains remains, std::uint64_t first_broken)
      : vault_(vault), actor_(actor), remains_(std::move(remains)) {
    done_.first_broken = first_broken;
  }

  [[nodiscard]] const AuditRepair& done() const { return done_; }

  Result<Commit> run() {
    Wallet& wallet = remains_.wallet;
    const std::uint64_t end = wallet.audit.seq;
    wallet.audit = {};
    std::vector<AuditRow> rows;
    while (wallet.audit.seq < end || remains_.entries.contains(wallet.audit.seq + 1)) {
      TRY_VALUE(auto row, seal_audit_entry(vault_, wallet, next_entry()));
      rows.push_back(std::move(row));
    }
    WalletChange change(vault_, actor_, vault_.clock.now());
    change.audit("audit.repaired", {{"first_broken", std::to_string(done_.first_broken)},
                                    {"lost", std::to_string(done_.lost)}});
    auto commit = change.into_commit(wallet, remains_.version);
    if (!commit) return commit;
    rows.push_back(std::move(commit->audit.front()));
    commit->audit = std::move(rows);
    commit->rewrite_audit = true;
    commit->replace_damaged_audit = true;
    done_.entries = wallet.audit.seq;
    return commit;
  }

 private:
  AuditEntry next_entry() {
    const auto found = remains_.entries.find(remains_.wallet.audit.seq + 1);
    if (found != remains_.entries.end()) return std::move(found->second);
    ++done_.lost;
    return {.at = vault_.clock.now(),
            .actor = actor_.name,
            .action = "audit.entry_lost",
            .details = {}};
  }

  const Vault& vault_;
  const Actor& actor_;
  Remains remains_;
  AuditRepair done_;
};

}  // namespace

Result<AuditRepair> repair_audit_log(const Vault& vault, const WalletId& wallet,
                                     const Actor& actor) {
  for (int round = 0; round < kMostRepairs; ++round) {
    TRY_VALUE(const auto check, check_audit_chain(vault, wallet));
    if (check.intact) return AuditRepair{.entries = check.entries};
    TRY_VALUE(auto remains, read_remains(vault, wallet));
    Repair repair(vault, actor, std::move(remains), check.first_broken);
    TRY_VALUE(const auto commit, repair.run());
    TRY_VALUE(const auto outcome, vault.store.commit(commit));
    if (outcome == CommitOutcome::committed) return repair.done();
  }
  return fail(ErrorCode::write_conflict, "Too many changes of this wallet at once. Try again.");
}

}  // namespace cardvault
