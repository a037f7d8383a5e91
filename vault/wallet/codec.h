#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vault/wallet/wallet.h"

namespace cardvault {

/// Returns the plaintext of a wallet record: a layout number (5), then the members in the order of
/// their declaration. The format is compact because every list view opens and decodes one.
[[nodiscard]] Bytes encode_wallet(const Wallet& wallet);

/// Fails with record_corrupt if encode_wallet() could not have written the bytes. `id` is the
/// wallet under which the record was stored. It is not in the bytes, because the seal binds it.
[[nodiscard]] Result<Wallet> decode_wallet(const WalletId& id, ByteView bytes);

/// True if the bytes begin as encode_wallet() writes them. Otherwise another version wrote them.
[[nodiscard]] bool has_known_layout(ByteView bytes);

}  // namespace cardvault
