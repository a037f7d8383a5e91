#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "vault/change/audit_log.h"
#include "vault/change/vault.h"
#include "vault/rewrap/key_ages.h"

namespace cardvault {

enum class RewrapSubject : bool { no, yes };

/// Brings one wallet wholly under the current keys, in one commit. Only what is under an older key
/// is read, opened and made anew:
///
///   wallet record                   sealed anew
///   PAN record                      its data key wrapped anew, the number stays closed
///   card's fingerprint, index       made anew from the number, which is opened for that
///   subject, index                  made anew from the text, when the wallet has it
///   audit log                       sealed and linked anew as a whole, after the chain was checked
///   remembered answer               dropped when it has expired
///
/// With RewrapSubject::no the subject stays under its older key: where two wallets of one subject
/// came about, only one of them can have the entry under the new one.
///
/// A verifier waits for its user (see unlock.h), an unexpired answer for its end, a device of an
/// older version is as it is, a receipt stays what was signed. The audit log gets no entry, and
/// nothing that a caller sees changes.
///
/// Entries and PAN records do not change, so what was made for a commit that another change
/// overtook is kept for the next one, which only adds what has come since. However long the log, a
/// commit after the first takes about as long to make as any change of the wallet: it overtakes
/// them in turn.
class WalletRewrap {
 public:
  /// What is given outlives it.
  WalletRewrap(const Vault& vault, const KeyAges& ages, const WalletId& wallet)
      : vault_(vault), ages_(ages), id_(wallet) {}

  [[nodiscard]] const WalletId& wallet() const { return id_; }

  /// The commit as the wallet is now; nothing when there is nothing to do, or the wallet is gone.
  /// record_corrupt when something does not open, a number is missing or the audit chain is broken,
  /// which is not healed; key_unavailable when a key that is needed is disabled; key_expired;
  /// store_unavailable; write_conflict when the wallet changed again and again.
  [[nodiscard]] Result<std::optional<Commit>> next(RewrapSubject subject = RewrapSubject::yes);

 private:
  /// Of one card, once it was looked at.
  struct CardWork {
    std::optional<KeyedDigest> fingerprint;
    std::optional<SealedRecord> wrapped;
  };
  class Attempt;

  [[nodiscard]] Result<CardWork> work_for(const Card& card) const;
  /// Reads what came to the log since, and makes it anew when anything in it is under an older key.
  /// record_corrupt, too, when there is more than the wallet knows of.
  [[nodiscard]] Status follow_log(const Wallet& wallet);
  void forget();

  const Vault& vault_;
  const KeyAges& ages_;
  const WalletId id_;
  std::map<CardId, CardWork> cards_;
  std::vector<AuditRow> not_relinked_;
  std::uint64_t read_ = 0;  ///< entries of the log
  bool log_is_older_ = false;
  bool has_more_ = false;  ///< entries than the wallet that was read last
  RelinkedLog log_;
};

}  // namespace cardvault
