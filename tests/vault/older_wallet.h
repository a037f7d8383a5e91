#pragma once

#include <string_view>

#include "vault_fixture.h"

namespace cardvault::test {

/// A wallet without deregistrations as versions wrote it that knew layout 2 only: neither its
/// subject's text nor any digest's key.
[[nodiscard]] Bytes encode_layout_2(const Wallet& wallet);

/// A wallet as versions wrote it that knew layout 3 only: charges in flight, which they did not
/// know, are left out.
[[nodiscard]] Bytes encode_layout_3(const Wallet& wallet);

/// Puts the wallet into the store as such a version would have left it, its devices, all of the
/// fingerprint `print`, hashed with the first subject_index key.
void write_as_older(VaultFixture& fixture, const WalletId& id, std::string_view print = "phone-1");

}  // namespace cardvault::test
