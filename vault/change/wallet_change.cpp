#include "vault/change/wallet_change.h"

#include <algorithm>

#include "vault/change/audit_log.h"
#include "vault/change/error_codes.h"
#include "vault/wallet/codec.h"
#include "vault/wallet/error_codes.h"
#include "vault/wallet/times.h"

namespace cardvault {
namespace {

/// A round fails only if another change of the same wallet was committed. So even 64 concurrent
/// requests on one wallet all succeed within 64 rounds.
constexpr int kMostCommits = 100;

constexpr std::string_view kRecordKind = "wallet";

}  // namespace

Result<OpenWallet> open_wallet(const Vault& vault, const WalletId& id) {
  TRY_VALUE(const auto stored, vault.store.load(id));
  if (!stored) return fail(WalletError::wallet_not_found, "There is no such wallet.");
  return open_stored_wallet(vault, id, *stored);
}

Result<OpenWallet> open_stored_wallet(const Vault& vault, const WalletId& id,
                                      const StoredWallet& stored) {
  const std::string owner = id.text();
  TRY_VALUE(const auto plain,
            vault.sealer.open(Purpose::wallet_records, {kRecordKind, owner, ""}, stored.record));
  TRY_VALUE(auto wallet, decode_wallet(id, plain));
  return OpenWallet{stored.version, key_of(stored.record), std::move(wallet)};
}

Status require_known_layout(const Vault& vault) {
  const auto page = vault.store.list_wallets({}, 1);
  if (!page || page->items.empty()) return {};
  const WalletId& id = page->items.front();
  const auto stored = vault.store.load(id);
  if (!stored || !*stored) return {};
  const auto plain =
      vault.sealer.open(Purpose::wallet_records, {kRecordKind, id.text(), ""}, (*stored)->record);
  if (!plain || has_known_layout(*plain)) return {};
  return fail(ErrorCode::record_corrupt,
              "Another version of cardvault wrote the wallets of this vault, and this version "
              "cannot read them. Use that version, or create a new vault with `cardvault init`.");
}

void WalletChange::audit(std::string action,
                         std::vector<std::pair<std::string, std::string>> details) {
  entries_.push_back({std::move(action), std::move(details)});
}

Result<Commit> WalletChange::into_commit(Wallet& wallet, std::uint64_t version) {
  Commit commit;
  commit.wallet = wallet.id;
  commit.expected_version = version;
  commit.put_pans = std::move(put_pans);
  commit.delete_pans = std::move(delete_pans);
  commit.add_index = std::move(add_index);
  commit.remove_index = std::move(remove_index);
  commit.due = wallet.next_due();
  for (const Entry& entry : entries_) {
    TRY_VALUE(
        auto row,
        seal_audit_entry(
            vault_, wallet,
            {.at = now_, .actor = actor_.name, .action = entry.action, .details = entry.details}));
    commit.audit.push_back(std::move(row));
  }
  const std::string owner = wallet.id.text();
  TRY_VALUE(auto sealed, vault_.sealer.seal(Purpose::wallet_records, {kRecordKind, owner, ""},
                                            encode_wallet(wallet)));
  commit.record = std::move(sealed);
  return commit;
}

Status change_wallet(const Vault& vault, const WalletId& id, const Actor& actor,
                     const Decide& decide) {
  for (int round = 0; round < kMostCommits; ++round) {
    TRY_VALUE(auto opened, open_wallet(vault, id));
    WalletChange change(vault, actor, vault.clock.now());
    // Correct the times in a separate commit, because `decide` may write nothing (a refusal, a
    // replay).
    const bool mends = pull_back_times(opened.wallet, change.now());
    TRY_VALUE(const auto decided, mends ? Result<bool>(true) : decide(opened.wallet, change));
    if (!decided) return {};
    TRY_VALUE(const auto commit, change.into_commit(opened.wallet, opened.version));
    TRY_VALUE(const auto outcome, vault.store.commit(commit));
    if (outcome == CommitOutcome::committed && !mends) return {};
  }
  return fail(ErrorCode::write_conflict, "Too many changes of this wallet at once. Try again.");
}

Result<std::optional<Answer>> recall_answer(const Wallet& wallet, const Idempotency& idempotency,
                                            Time now) {
  const auto found = std::ranges::find_if(wallet.answers, [&](const RememberedAnswer& one) {
    return idempotency.key.has(one.key.value);
  });
  if (found == wallet.answers.end() || found->at + kAnswerLifetime <= now) return std::nullopt;
  if (!idempotency.request.has(found->request)) {
    return fail(
        ChangeError::idempotency_key_reused,
        "This Idempotency-Key was used with another request body. Send a new key with this body.");
  }
  return Answer{.body = found->body, .location = found->location, .replayed = true};
}

void remember_answer(Wallet& wallet, const Idempotency& idempotency, const Answer& answer,
                     Time now) {
  std::erase_if(wallet.answers, [&](const RememberedAnswer& one) {
    return one.at + kAnswerLifetime <= now || idempotency.key.has(one.key.value);
  });
  if (wallet.answers.size() >= kMaxAnswers) wallet.answers.erase(wallet.answers.begin());
  wallet.answers.push_back({.key = idempotency.key.current(),
                            .request = idempotency.request.current().value,
                            .at = now,
                            .body = answer.body,
                            .location = answer.location});
}

Result<Answer> change_wallet_once(const Vault& vault, const WalletId& id, const Actor& actor,
                                  const std::optional<Idempotency>& idempotency,
                                  const DecideAnswer& decide) {
  Answer answer;
  const auto decide_once = [&](Wallet& wallet, WalletChange& change) -> Result<bool> {
    if (idempotency) {
      TRY_VALUE(auto recalled, recall_answer(wallet, *idempotency, change.now()));
      if (recalled) {
        answer = std::move(*recalled);
        return false;
      }
    }
    TRY_VALUE(auto decided, decide(wallet, change));
    answer = std::move(decided);
    if (!answer.created) return false;
    if (idempotency) remember_answer(wallet, *idempotency, answer, change.now());
    return true;
  };
  TRY(change_wallet(vault, id, actor, decide_once));
  return answer;
}

}  // namespace cardvault
