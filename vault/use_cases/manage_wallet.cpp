#include "vault/use_cases/manage_wallet.h"

#include "vault/use_cases/endings.h"
#include "vault/use_cases/lookup.h"

namespace cardvault {
namespace {

// A round is lost only when another request created the same wallet in between, so the next one
// finds it.
constexpr int kMostSteps = 8;

/// The first wallet under one of `digests` that really belongs there: an index entry may be a stray
/// one.
Result<std::optional<OpenWallet>> find_wallet(const Vault& vault, IndexKind kind,
                                              const KeyedDigests& digests,
                                              const std::function<bool(const Wallet&)>& belongs) {
  const auto found = find_wallets(vault.store, kind, digests);
  if (!found) return fail(found.error());
  for (const WalletId& id : *found) {
    auto opened = open_wallet(vault, id);
    if (!opened && opened.error().code == ErrorCode::wallet_not_found) continue;
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

/// Frees the key when the wallet that it created no longer remembers the answer.
Result<std::optional<Answer>> recall_creation(const Vault& vault, const Actor& actor,
                                              const Idempotency& idempotency) {
  const auto found = find_wallet(vault, IndexKind::creation_key, idempotency.key,
                                 [](const Wallet&) { return true; });
  if (!found) return fail(found.error());
  if (!*found) return std::nullopt;
  auto recalled = recall_answer((*found)->wallet, idempotency, vault.clock.now());
  if (!recalled) return recalled;
  // Also for an answer that is recalled: a clock that was ahead may have made it live too long.
  const auto freed = change_wallet(
      vault, (*found)->wallet.id, actor, [&](Wallet&, WalletChange& change) -> Result<bool> {
        if (*recalled) return false;
        append(change.remove_index, index_keys(IndexKind::creation_key, idempotency.key.all()));
        return true;
      });
  if (!freed) return fail(freed.error());
  return recalled;
}

/// Nothing when somebody else was first.
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
  change.add_index = index_keys(IndexKind::subject, subject.claims());
  Answer answer = render(wallet);
  if (idempotency) {
    append(change.add_index, index_keys(IndexKind::creation_key, idempotency->key.claims()));
    remember_answer(wallet, *idempotency, answer, wallet.created_at);
  }
  const auto commit = change.into_commit(wallet, 0);
  if (!commit) return fail(commit.error());
  const auto outcome = vault.store.commit(*commit);
  if (!outcome) return fail(outcome.error());
  if (*outcome != CommitOutcome::committed) return std::nullopt;
  return answer;
}

void learn_subject(const Vault& vault, const Actor& actor, const WalletId& id,
                   const std::string& text, const KeyedDigests& subject) {
  static_cast<void>(
      change_wallet(vault, id, actor, [&](Wallet& opened, WalletChange& change) -> Result<bool> {
        const bool known = !opened.subject_text.empty() || opened.state == WalletState::closed;
        if (known || !subject.has(opened.subject.value)) return false;
        opened.subject_text = text;
        rekey_subject(opened, change, subject);
        return true;
      }));
}

/// Also what a wallet that was made while a key waited claimed under that.
Status free_subject(const Vault& vault, const Wallet& wallet, WalletChange& change) {
  change.remove_index.push_back({IndexKind::subject, wallet.subject.value});
  if (wallet.subject_text.empty()) return {};
  const auto subject = subject_digests(vault, wallet.subject_text);
  if (!subject) return fail(subject.error());
  append(change.remove_index, index_keys(IndexKind::subject, subject->all()));
  return {};
}

Status change_state(const Vault& vault, Wallet& wallet, WalletChange& change, WalletState next,
                    const std::optional<std::string>& given) {
  if (next == wallet.state) return {};
  if (next != WalletState::closed) {
    const bool freeze = next == WalletState::frozen;
    std::vector<std::pair<std::string, std::string>> why;
    if (given) why.emplace_back("reason", *given);
    change.audit(freeze ? "wallet.frozen" : "wallet.unfrozen", std::move(why));
    return wallet.set_frozen(freeze);
  }
  const std::string reason = given.value_or("wallet_closed");
  if (const auto ended = end_all_cards(vault, wallet, change, reason); !ended) return ended;
  if (const auto freed = free_subject(vault, wallet, change); !freed) return freed;
  wallet.close();
  change.audit("wallet.closed", {{"reason", reason}});
  return {};
}

}  // namespace

Result<KeyedDigests> subject_digests(const Vault& vault, const std::string& subject) {
  return digests_of(vault.keyring, Purpose::subject_index, "subject", {as_bytes(subject)});
}

void rekey_subject(Wallet& wallet, WalletChange& change, const KeyedDigests& subject) {
  change.remove_index.push_back({IndexKind::subject, wallet.subject.value});
  append(change.remove_index, index_keys(IndexKind::subject, subject.older()));
  append(change.add_index, index_keys(IndexKind::subject, subject.claims()));
  wallet.subject = subject.current();
}

Result<Answer> create_wallet(const Vault& vault, const Actor& actor, const NewWallet& wanted,
                             const std::optional<Idempotency>& idempotency,
                             const RenderWallet& render) {
  const auto subject = subject_digests(vault, wanted.subject);
  if (!subject) return fail(subject.error());
  for (int round = 0; round < kMostSteps; ++round) {
    if (idempotency) {
      auto recalled = recall_creation(vault, actor, *idempotency);
      if (!recalled) return fail(recalled.error());
      if (*recalled) return std::move(**recalled);
    }
    const auto existing = find_subject(vault, *subject);
    if (!existing) return fail(existing.error());
    if (*existing) {
      const Wallet& found = (*existing)->wallet;
      if (found.subject_text.empty()) {
        learn_subject(vault, actor, found.id, wanted.subject, *subject);
      }
      Answer answer = render(found);
      answer.created = false;
      return answer;
    }
    auto created = create_now(vault, actor, wanted, *subject, idempotency, render);
    if (!created) return fail(created.error());
    if (*created) return std::move(**created);
  }
  return fail(ErrorCode::write_conflict, "Too many requests for this wallet at once.");
}

Result<Wallet> update_wallet(const Vault& vault, const WalletId& id, const Actor& actor,
                             const WalletUpdate& update) {
  Wallet after;
  const auto decide = [&](Wallet& wallet, WalletChange& change) -> Result<bool> {
    const Wallet before = wallet;
    if (update.state == WalletState::closed && wallet.state == WalletState::closed) {
      after = wallet;
      return false;
    }
    if (const auto open = wallet.require_open(); !open) return fail(open.error());
    if (update.state) {
      const auto done = change_state(vault, wallet, change, *update.state, update.reason);
      if (!done) return fail(done.error());
    }
    if (update.locale && *update.locale != wallet.locale) {
      wallet.set_locale(*update.locale);
      change.audit("wallet.locale_changed", {{"locale", *update.locale}});
    }
    after = wallet;
    return wallet != before;
  };
  if (const auto changed = change_wallet(vault, id, actor, decide); !changed) {
    return fail(changed.error());
  }
  return after;
}

}  // namespace cardvault
