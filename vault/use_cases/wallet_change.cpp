#include "vault/use_cases/wallet_change.h"

#include <algorithm>

#include "vault/use_cases/audit_log.h"
#include "vault/wallet/codec.h"
#include "vault/wallet/times.h"

namespace cardvault {
namespace {

/// Every lost race means that another change of the same wallet landed, so even 64 requests at once
/// on one wallet all get through in as many rounds.
constexpr int kMostCommits = 100;

constexpr std::string_view kRecordKind = "wallet";

}  // namespace

Result<OpenWallet> open_wallet(const Vault& vault, const WalletId& id) {
  const auto stored = vault.store.load(id);
  if (!stored) return fail(stored.error());
  if (!*stored) return fail(ErrorCode::wallet_not_found, "There is no such wallet.");
  return open_stored_wallet(vault, id, **stored);
}

Result<OpenWallet> open_stored_wallet(const Vault& vault, const WalletId& id,
                                      const StoredWallet& stored) {
  const std::string owner = id.text();
  const auto plain =
      vault.sealer.open(Purpose::wallet_records, {kRecordKind, owner, ""}, stored.record);
  if (!plain) return fail(plain.error());
  auto wallet = decode_wallet(id, *plain);
  if (!wallet) return fail(wallet.error());
  return OpenWallet{stored.version, key_of(stored.record), std::move(*wallet)};
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
    auto row = seal_audit_entry(
        vault_, wallet,
        {.at = now_, .actor = actor_.name, .action = entry.action, .details = entry.details});
    if (!row) return fail(row.error());
    commit.audit.push_back(std::move(*row));
  }
  const std::string owner = wallet.id.text();
  auto sealed =
      vault_.sealer.seal(Purpose::wallet_records, {kRecordKind, owner, ""}, encode_wallet(wallet));
  if (!sealed) return fail(sealed.error());
  commit.record = std::move(*sealed);
  return commit;
}

Status change_wallet(const Vault& vault, const WalletId& id, const Actor& actor,
                     const Decide& decide) {
  for (int round = 0; round < kMostCommits; ++round) {
    auto opened = open_wallet(vault, id);
    if (!opened) return fail(opened.error());
    WalletChange change(vault, actor, vault.clock.now());
    // In a commit of its own, because what is decided may write nothing: a refusal, a replay.
    const bool mends = pull_back_times(opened->wallet, change.now());
    const auto decided = mends ? Result<bool>(true) : decide(opened->wallet, change);
    if (!decided) return fail(decided.error());
    if (!*decided) return {};
    const auto commit = change.into_commit(opened->wallet, opened->version);
    if (!commit) return fail(commit.error());
    const auto outcome = vault.store.commit(*commit);
    if (!outcome) return fail(outcome.error());
    if (*outcome == CommitOutcome::committed && !mends) return {};
  }
  return fail(ErrorCode::write_conflict, "Too many changes of this wallet at once.");
}

Result<std::optional<Answer>> recall_answer(const Wallet& wallet, const Idempotency& idempotency,
                                            Time now) {
  const auto found = std::ranges::find_if(wallet.answers, [&](const RememberedAnswer& one) {
    return idempotency.key.has(one.key.value);
  });
  if (found == wallet.answers.end() || found->at + kAnswerLifetime <= now) return std::nullopt;
  if (!idempotency.request.has(found->request)) {
    return fail(ErrorCode::idempotency_key_reused,
                "This Idempotency-Key was used with another request body.");
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
      auto recalled = recall_answer(wallet, *idempotency, change.now());
      if (!recalled) return fail(recalled.error());
      if (*recalled) {
        answer = std::move(**recalled);
        return false;
      }
    }
    auto decided = decide(wallet, change);
    if (!decided) return fail(decided.error());
    answer = std::move(*decided);
    if (!answer.created) return false;
    if (idempotency) remember_answer(wallet, *idempotency, answer, change.now());
    return true;
  };
  if (const auto changed = change_wallet(vault, id, actor, decide_once); !changed) {
    return fail(changed.error());
  }
  return answer;
}

}  // namespace cardvault
