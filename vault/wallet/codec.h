#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/wallet/wallet.h"

namespace cardvault {

/// The plaintext of a wallet record: a layout number (4), then the members in order of their
/// declaration. Compact because every list view opens and decodes one.
[[nodiscard]] Bytes encode_wallet(const Wallet& wallet);

/// record_corrupt for anything encode_wallet does not write, or wrote as layouts 1 to 3. `id` is
/// the wallet the record was stored under; it is not in the bytes because the seal binds it.
[[nodiscard]] Result<Wallet> decode_wallet(const WalletId& id, ByteView bytes);

}  // namespace cardvault
