#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/wallet/wallet.h"

namespace cardvault {

/// The plaintext of a wallet record: a layout number (5), then the members in order of their
/// declaration. Compact because every list view opens and decodes one.
[[nodiscard]] Bytes encode_wallet(const Wallet& wallet);

/// record_corrupt for anything encode_wallet does not write. `id` is
/// the wallet the record was stored under; it is not in the bytes because the seal binds it.
[[nodiscard]] Result<Wallet> decode_wallet(const WalletId& id, ByteView bytes);

/// Whether the bytes begin as encode_wallet writes them: otherwise another version wrote them.
[[nodiscard]] bool has_known_layout(ByteView bytes);

}  // namespace cardvault
