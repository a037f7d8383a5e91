#include "vault/rewrap/key_uses.h"

#include <string>
#include <utility>

#include "crypto/keys/error_codes.h"
#include "vault/access/view_token.h"
#include "vault/change/wallet_change.h"
#include "vault/rewrap/key_ages.h"
#include "vault/storage/for_each_wallet.h"

namespace cardvault {
namespace {

constexpr std::size_t kCountedTogether = 128;
constexpr std::size_t kRowsAtOnce = 256;

class Counting {
 public:
  Counting(const ClosingVault& vault, const KeyAges& ages) : vault_(vault), ages_(ages) {}

  [[nodiscard]] KeyUses& uses() { return uses_; }

  Status visit(const WalletId& id) {
    TRY_VALUE(const auto stored, vault_.store.load(id));
    if (!stored) return {};
    ++uses_.of[key_of(stored->record)];
    const auto opened = open_stored_wallet(vault_, id, *stored);
    if (!opened && opened.error().code == KeyError::vault_sealed) return fail(opened.error());
    if (!opened) {
      ++uses_.unreadable;
      return {};
    }
    return contents(opened->wallet);
  }

  Status clients() {
    TRY_VALUE(const auto record, vault_.store.load_vault_record(VaultRecord::clients));
    if (record) ++uses_.of[key_of(record->record)];
    return {};
  }

  void channels() {
    for (const Channel channel : values_of(kChannelNames)) {
      const ChannelProfile* profile = vault_.channels.find(channel);
      if (profile != nullptr && profile->signing_key) ++uses_.of[*profile->signing_key];
    }
  }

  void tokens(const Keyring& keyring) {
    for (const auto& [id, key] : keyring.keys()) {
      if (key.purpose != Purpose::token || key.state == KeyState::destroyed) continue;
      const auto retired = keyring.retired_at(key);
      if (!retired || vault_.clock.now() < *retired + kLongestTokenLife) ++uses_.of[id];
    }
  }

 private:
  Status contents(const Wallet& wallet) {
    const auto noted = [&](Purpose purpose, KeyId key) { ++uses_.of[ages_.maker(purpose, key)]; };
    if (wallet.state != WalletState::closed) noted(Purpose::subject_index, wallet.subject.key);
    for (const Card& card : wallet.cards) {
      noted(Purpose::pan_fingerprint, card.fingerprint.key);
    }
    for (const Credential& credential : wallet.credentials) ++uses_.of[credential.pepper];
    for (const RememberedAnswer& answer : wallet.answers) {
      const bool lives = answer.at + kAnswerLifetime > vault_.clock.now();
      if (lives) noted(Purpose::request_digest, answer.key.key);
    }
    for (const Deregistration& one : wallet.deregistrations) {
      if (one.receipt) ++uses_.of[one.receipt->key];
    }
    TRY(pans(wallet));
    return audit(wallet);
  }

  Status pans(const Wallet& wallet) {
    if (const KeyId only = ages_.only(Purpose::pan_wrapping); only != 0) {
      uses_.of[only] += wallet.cards.size();
      return {};
    }
    for (const Card& card : wallet.cards) {
      TRY_VALUE(const auto record, vault_.store.load_pan(wallet.id, card.id));
      // If the record is gone, another request has ended the card since the wallet was read.
      if (record) ++uses_.of[wrapping_key_of(*record)];
    }
    return {};
  }

  Status audit(const Wallet& wallet) {
    if (const KeyId only = ages_.only(Purpose::audit); only != 0) {
      uses_.of[only] += wallet.audit.seq;
      return {};
    }
    for (std::uint64_t seq = 0; seq < wallet.audit.seq;) {
      TRY_VALUE(const auto rows, vault_.store.read_audit(wallet.id, seq, kRowsAtOnce));
      if (rows.empty()) break;
      for (const AuditRow& row : rows) ++uses_.of[key_of(row.record)];
      seq = rows.back().seq;
    }
    return {};
  }

  const ClosingVault& vault_;
  const KeyAges& ages_;
  KeyUses uses_;
};

/// Returns the uses of a key of the purpose, with the way to end them.
std::string_view what_is_left(Purpose purpose) {
  switch (purpose) {
    case Purpose::wallet_records:
      return " wallet records or the clients' record: run `cardvault key rewrap`.";
    case Purpose::pan_wrapping:
      return " card numbers: run `cardvault key rewrap`.";
    case Purpose::pan_fingerprint:
      return " fingerprints of cards: run `cardvault key rewrap`.";
    case Purpose::subject_index:
      return " subjects: run `cardvault key rewrap`.";
    case Purpose::pepper:
      return " credentials: each moves to the new key with its user's next unlock.";
    case Purpose::audit:
      return " audit entries: run `cardvault key rewrap`.";
    case Purpose::request_digest:
      return " remembered answers: they expire within a day.";
    case Purpose::token:
      return " generation of tokens, which ends within minutes of the rotation.";
    case Purpose::receipt_signing:
      return " receipts.";
    case Purpose::channel_signing:
      return " channels: change their signing_key.";
  }
  return "";
}

}  // namespace

Result<KeyUses> count_key_uses(const ClosingVault& vault, const std::stop_token& stop,
                               const std::function<void(std::uint64_t)>& observe) {
  TRY_VALUE(const auto keyring, vault.keyring.opened());
  TRY_VALUE(const auto ages, KeyAges::of(vault.keyring));
  Counting counting(vault, ages);
  std::uint64_t seen = 0;
  const auto visit = [&](std::span<const WalletId> wallets) -> Status {
    for (const WalletId& wallet : wallets) {
      TRY(counting.visit(wallet));
    }
    observe(seen += wallets.size());
    return {};
  };
  TRY_VALUE(const auto finished, for_each_wallet(vault.store, kCountedTogether, stop, visit));
  TRY(counting.clients());
  counting.tokens(*keyring);
  counting.channels();
  counting.uses().finished = finished;
  return std::move(counting.uses());
}

Status require_unused(const Key& key, KeyState wanted, const KeyUses& uses) {
  if (key.purpose == Purpose::receipt_signing) {
    if (wanted != KeyState::destroyed) return {};
    return fail(KeyError::key_in_use,
                "Issued receipts are verified with this key, so it cannot be destroyed. It can be "
                "disabled.");
  }
  if (uses.unreadable > 0) {
    return fail(KeyError::key_in_use, std::to_string(uses.unreadable) +
                                          " wallets cannot be opened, so the keys that they need "
                                          "are not known. Run `cardvault verify`.");
  }
  const std::uint64_t left = uses.count(key.id);
  if (left == 0) return {};
  return fail(KeyError::key_in_use, "The key is still needed by " + std::to_string(left) +
                                        std::string(what_is_left(key.purpose)));
}

}  // namespace cardvault
