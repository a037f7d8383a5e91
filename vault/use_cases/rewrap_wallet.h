#pragma once

#include <optional>

#include "vault/use_cases/key_ages.h"
#include "vault/use_cases/vault.h"

namespace cardvault {

enum class RewrapSubject : bool { no, yes };

/// What brings a wallet wholly under the current keys, in one commit; nothing when it is so
/// already, or gone. Only what is under an older key is read, opened and made anew:
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
/// record_corrupt when something does not open, a number is missing or the audit chain is broken,
/// which is not healed; key_unavailable when a key that is needed is disabled; key_expired;
/// store_unavailable; write_conflict when the wallet changed again and again.
[[nodiscard]] Result<std::optional<Commit>> rewrap_wallet(
    const Vault& vault, const KeyAges& ages, const WalletId& wallet,
    RewrapSubject subject = RewrapSubject::yes);

}  // namespace cardvault
