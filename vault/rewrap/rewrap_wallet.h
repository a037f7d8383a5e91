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

/// Brings one wallet completely under the current keys, in one commit. It reads, opens and renews
/// only the parts that are under an older key:
///
///   wallet record                   sealed anew
///   PAN record                      its data key wrapped anew, the number stays closed
///   card's fingerprint, index       made anew from the number, which is opened for that
///   subject, index                  made anew from the text, when the wallet has it
///   audit log                       sealed and linked anew as a whole, after the chain was checked
///   remembered answer               dropped when it has expired
///
/// With RewrapSubject::no the subject stays under its older key. If two wallets of one subject
/// exist, only one of them can own the entry under the new key.
///
/// Some parts stay under older keys: a verifier until the user's next unlock (see unlock.h), a
/// remembered answer until it expires, and a receipt for good, because it is signed. The audit log
/// gets no entry, and callers see no change.
///
/// Log entries and PAN records never change. So if another change overtakes a commit, the work for
/// it is kept, and the next commit adds only the parts that are new. However long the log is, a
/// commit after the first takes about as long as any change of the wallet. So the rewrap overtakes
/// the other changes in turn.
class WalletRewrap {
 public:
  /// All arguments must outlive it.
  WalletRewrap(const Vault& vault, const KeyAges& ages, const WalletId& wallet)
      : vault_(vault), ages_(ages), id_(wallet) {}

  [[nodiscard]] const WalletId& wallet() const { return id_; }

  /// Makes the commit for the wallet in its present state. Returns nothing if the wallet needs no
  /// change or does not exist any more. record_corrupt: something does not open, a number is
  /// missing, or the audit chain is broken; the chain is not repaired. key_unavailable: a needed
  /// key is disabled. write_conflict: the wallet changed too many times. Other errors: key_expired,
  /// store_unavailable.
  [[nodiscard]] Result<std::optional<Commit>> next(RewrapSubject subject = RewrapSubject::yes);

 private:
  /// The result for one card.
  struct CardWork {
    std::optional<KeyedDigest> fingerprint;
    std::optional<SealedRecord> wrapped;
  };
  class Attempt;

  [[nodiscard]] Result<CardWork> work_for(const Card& card) const;
  /// Reads the new entries of the log. If any entry is under an older key, it renews the whole log.
  /// If the log has more entries than the wallet knows of, it fails with record_corrupt.
  [[nodiscard]] Status follow_log(const Wallet& wallet);
  void forget();

  const Vault& vault_;
  const KeyAges& ages_;
  const WalletId id_;
  std::map<CardId, CardWork> cards_;
  std::vector<AuditRow> not_relinked_;
  std::uint64_t read_ = 0;  ///< number of log entries read
  bool log_is_older_ = false;
  bool has_more_ = false;  ///< the log has more entries than the wallet read last
  RelinkedLog log_;
};

}  // namespace cardvault
