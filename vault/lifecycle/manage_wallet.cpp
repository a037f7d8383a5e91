#include "vault/lifecycle/manage_wallet.h"

#include "vault/change/blind_index.h"
#include "vault/closing/end.h"
#include "vault/lifecycle/wallet_state.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

// A round fails only if another request created the same wallet in between. The next round then
// finds that wallet.
constexpr int kMostSteps = 8;

/// Returns the first wallet under one of `digests` that really belongs there, because an index
/// entry may be stray.
Result<std::optional<OpenWallet>> find_wallet(const Vault& vault, IndexKind kind,
                                              const KeyedDigests& digests,
                                              const std::function<bool(const Wallet&)>& belongs) {
  TRY_VALUE(const auto found, find_wallets(vault.store, kind, digests));
  for (const WalletId& id : found) {
    auto opened = open_wallet(vault, id);
    if (!opened && opened.error().code == WalletError::wallet_not_found) continue;
    if (!opened) return fail(opened.error());
    if (belongs(opened->wallet)) return std::move(*opened);
  }
  return std::nullopt;
}

Result<std::optional<OpenWallet>> find_subject(const Vault& vault, const KeyedDigests& subject) {
  return find_wallet(vault, IndexKind::subject, subject, [&](const Wallet& one) {
    return subject.has(one.subject.value) && one.state != WalletState::closed;
  });
}

void append(std::vector<IndexKey>& keys, const std::vector<IndexKey>& more) {
  keys.insert(keys.end(), more.begin(), more.end());
}

/// Recalls the answer of the wallet that this key created. If that wallet has forgotten the answer,
/// the key's index entries are removed, so that the key is free again.
Result<std::optional<Answer>> recall_creation(const Vault& vault, const Actor& actor,
                                              const Idempotency& idempotency) {
  TRY_VALUE(const auto found, find_wallet(vault, IndexKind::creation_key, idempotency.key,
                                          [](const Wallet&) { return true; }));
  if (!found) return std::nullopt;
  auto recalled = recall_answer(found->wallet, idempotency, vault.clock.now());
  if (!recalled) return recalled;
  // Call this for a recalled answer too, because change_wallet() corrects its time. A clock that
  // was ahead may have made the answer live too long.
  TRY(change_wallet(
      vault, found->wallet.id, actor, [&](Wallet&, WalletChange& change) -> Result<bool> {
        if (*recalled) return false;
        append(change.remove_index, index_keys(IndexKind::creation_key, idempotency.key.all()));
        return true;
      }));
  return recalled;
}

/// Returns nothing if another request was first.
Result<std::optional<Answer>> create_now(const Vault& vault, const Actor& actor,
                                         const NewWallet& wanted, const KeyedDigests& subject,
                                         const std::optional<Idempotency>& idempotency,
                                         const RenderWallet& render) {
  Wallet wallet;
  wallet.created_at = vault.clock.now();
  wallet.id = wanted.id ? *wanted.id : WalletId::make(wallet.created_at, vault.random);
  wallet.subject = subject.current();
  wallet.subject_text = wanted.subject;
  wallet.locale = wanted.locale;
  WalletChange change(vault, actor, wallet.created_at);
  change.audit("wallet.created");
  change.add_index = index_keys(IndexKind::subject, subject.to_reserve());
  Answer answer = render(wallet);
  if (idempotency) {
    append(change.add_index, index_keys(IndexKind::creation_key, idempotency->key.to_reserve()));
    remember_answer(wallet, *idempotency, answer, wallet.created_at);
  }
  TRY_VALUE(const auto commit, change.into_commit(wallet, 0));
  TRY_VALUE(const auto outcome, vault.store.commit(commit));
  if (outcome != CommitOutcome::committed) return std::nullopt;
  return answer;
}

/// Frees the entries under all keys. A wallet that was created while a key waited has reserved an
/// entry under that key too.
Status free_subject(const Vault& vault, const Wallet& wallet, WalletChange& change) {
  change.remove_index.push_back({IndexKind::subject, wallet.subject.value});
  TRY_VALUE(const auto subject, subject_digests(vault, wallet.subject_text));
  append(change.remove_index, index_keys(IndexKind::subject, subject.all()));
  return {};
}

Status change_state(const ClosingVault& vault, Wallet& wallet, WalletChange& change,
                    WalletState next, const std::optional<std::string>& given) {
  if (next == wallet.state) return {};
  if (next != WalletState::closed) {
    const bool freeze = next == WalletState::frozen;
    std::vector<std::pair<std::string, std::string>> why;
    if (given) why.emplace_back("reason", *given);
    change.audit(freeze ? "wallet.frozen" : "wallet.unfrozen", std::move(why));
    return set_frozen(wallet, freeze);
  }
  const std::string reason = given.value_or("wallet_closed");
  TRY(end_all_cards(vault, wallet, change, reason));
  TRY(free_subject(vault, wallet, change));
  close_wallet(wallet);
  change.audit("wallet.closed", {{"reason", reason}});
  return {};
}

}  // namespace

Result<KeyedDigests> subject_digests(const Vault& vault, const std::string& subject) {
  return digests_of(vault.keyring, Purpose::subject_index, "subject", {as_bytes(subject)});
}

void rekey_subject(Wallet& wallet, WalletChange& change, const KeyedDigests& subject) {
  change.remove_index.push_back({IndexKind::subject, wallet.subject.value});
  append(change.remove_index, index_keys(IndexKind::subject, subject.retired()));
  append(change.add_index, index_keys(IndexKind::subject, subject.to_reserve()));
  wallet.subject = subject.current();
}

Result<Answer> create_wallet(const Vault& vault, const Actor& actor, const NewWallet& wanted,
                             const std::optional<Idempotency>& idempotency,
                             const RenderWallet& render) {
  TRY_VALUE(const auto subject, subject_digests(vault, wanted.subject));
  for (int round = 0; round < kMostSteps; ++round) {
    if (idempotency) {
      TRY_VALUE(auto recalled, recall_creation(vault, actor, *idempotency));
      if (recalled) return std::move(*recalled);
    }
    TRY_VALUE(const auto existing, find_subject(vault, subject));
    if (existing) {
      const Wallet& found = existing->wallet;
      Answer answer = render(found);
      answer.created = false;
      return answer;
    }
    TRY_VALUE(auto created, create_now(vault, actor, wanted, subject, idempotency, render));
    if (created) return std::move(*created);
  }
  return fail(ErrorCode::write_conflict, "Too many requests for this wallet at once. Try again.");
}

Result<Wallet> update_wallet(const ClosingVault& vault, const WalletId& id, const Actor& actor,
                             const WalletUpdate& update) {
  Wallet after;
  const auto decide = [&](Wallet& wallet, WalletChange& change) -> Result<bool> {
    const Wallet before = wallet;
    if (update.state == WalletState::closed && wallet.state == WalletState::closed) {
      after = wallet;
      return false;
    }
    TRY(wallet.require_open());
    if (update.state) {
      TRY(change_state(vault, wallet, change, *update.state, update.reason));
    }
    if (update.locale && *update.locale != wallet.locale) {
      set_locale(wallet, *update.locale);
      change.audit("wallet.locale_changed", {{"locale", *update.locale}});
    }
    after = wallet;
    return wallet != before;
  };
  TRY(change_wallet(vault, id, actor, decide));
  return after;
}

}  // namespace cardvault
