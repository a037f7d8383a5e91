#include "vault/use_cases/manage_wallet.h"

#include "crypto/keyed_hash.h"
#include "vault/use_cases/endings.h"

namespace cardvault {
namespace {

// A round is lost only when another request created the same wallet in between, so the next one
// finds it.
constexpr int kMostRounds = 8;

/// The first wallet under `key` that really belongs there: an index entry may be a stray one.
Result<std::optional<OpenWallet>> find_wallet(const Vault& vault, const IndexKey& key,
                                              const std::function<bool(const Wallet&)>& belongs) {
  const auto found = vault.store.find(key);
  if (!found) return fail(found.error());
  for (const WalletId& id : *found) {
    auto opened = open_wallet(vault, id);
    if (!opened && opened.error().code == ErrorCode::wallet_not_found) continue;
    if (!opened) return fail(opened.error());
    if (belongs(opened->wallet)) return std::move(*opened);
  }
  return std::nullopt;
}

/// Frees the key when the wallet that it created no longer remembers the answer.
Result<std::optional<Answer>> recall_creation(const Vault& vault, const Actor& actor,
                                              const Idempotency& idempotency) {
  const IndexKey key{IndexKind::creation_key, idempotency.key};
  const auto found = find_wallet(vault, key, [](const Wallet&) { return true; });
  if (!found) return fail(found.error());
  if (!*found) return std::nullopt;
  auto recalled = recall_answer((*found)->wallet, idempotency, vault.clock.now());
  if (!recalled || *recalled) return recalled;
  const auto freed = change_wallet(vault, (*found)->wallet.id, actor,
                                   [&](Wallet&, WalletChange& change) -> Result<bool> {
                                     change.remove_index.push_back(key);
                                     return true;
                                   });
  if (!freed) return fail(freed.error());
  return std::nullopt;
}

Result<std::optional<Answer>> create_now(const Vault& vault, const Actor& actor, Wallet wallet,
                                         const std::optional<Idempotency>& idempotency,
                                         const RenderWallet& render) {
  WalletChange change(vault, actor, wallet.created_at);
  change.audit("wallet.created");
  change.add_index.push_back({IndexKind::subject, wallet.subject});
  Answer answer = render(wallet);
  if (idempotency) {
    change.add_index.push_back({IndexKind::creation_key, idempotency->key});
    remember_answer(wallet, *idempotency, answer, wallet.created_at);
  }
  const auto commit = change.into_commit(wallet, 0);
  if (!commit) return fail(commit.error());
  const auto outcome = vault.store.commit(*commit);
  if (!outcome) return fail(outcome.error());
  if (*outcome != CommitOutcome::committed) return std::nullopt;
  return answer;
}

Status change_state(const Vault& vault, Wallet& wallet, WalletChange& change, WalletState next,
                    const std::string& reason) {
  if (next == wallet.state) return {};
  if (next != WalletState::closed) {
    const bool freeze = next == WalletState::frozen;
    change.audit(freeze ? "wallet.frozen" : "wallet.unfrozen");
    return wallet.set_frozen(freeze);
  }
  if (const auto ended = end_all_cards(vault, wallet, change, reason); !ended) return ended;
  change.remove_index.push_back({IndexKind::subject, wallet.subject});
  wallet.close();
  change.audit("wallet.closed", {{"reason", reason}});
  return {};
}

}  // namespace

Result<Digest> subject_digest(const Vault& vault, const std::string& subject) {
  const auto key = vault.keyring.current(Purpose::subject_index);
  if (!key) return fail(key.error());
  return keyed_hash((*key)->material.expose(), "subject", {as_bytes(subject)});
}

Result<Answer> create_wallet(const Vault& vault, const Actor& actor, const NewWallet& wanted,
                             const std::optional<Idempotency>& idempotency,
                             const RenderWallet& render) {
  const auto subject = subject_digest(vault, wanted.subject);
  if (!subject) return fail(subject.error());
  for (int round = 0; round < kMostRounds; ++round) {
    if (idempotency) {
      auto recalled = recall_creation(vault, actor, *idempotency);
      if (!recalled) return fail(recalled.error());
      if (*recalled) return std::move(**recalled);
    }
    const auto existing =
        find_wallet(vault, {IndexKind::subject, *subject}, [&](const Wallet& one) {
          return one.subject == *subject && one.state != WalletState::closed;
        });
    if (!existing) return fail(existing.error());
    if (*existing) {
      Answer answer = render((*existing)->wallet);
      answer.created = false;
      return answer;
    }
    Wallet wallet;
    wallet.created_at = vault.clock.now();
    wallet.id = wanted.id ? *wanted.id : WalletId::make(wallet.created_at, vault.random);
    wallet.subject = *subject;
    wallet.locale = wanted.locale;
    auto created = create_now(vault, actor, std::move(wallet), idempotency, render);
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
