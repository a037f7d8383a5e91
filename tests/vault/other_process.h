#pragma once

#include <utility>

#include "tests/vault/vault_fixture.h"

namespace cardvault::test {

/// Another process on the store of a fixture. Its keyring may be older or newer.
struct OtherProcess {
  OtherProcess(VaultFixture& beside, Keyring its_own)
      : fixture(&beside),
        keyring(std::move(its_own), beside.clock),
        sealer(keyring, beside.random) {}

  VaultFixture* fixture;
  LiveKeyring keyring;
  RecordSealer sealer;
  WholeVault vault{{fixture->store, keyring, sealer, fixture->clock, fixture->random},
                   fixture_channels(),
                   *fixture->deadlines,
                   fixture->banks,
                   fixture->gate,
                   PasswordCost{1, 8}};

  [[nodiscard]] Result<Answer> create(std::string_view subject) const {
    return create_wallet(vault, fixture->actor, {.subject = std::string(subject), .locale = "en"},
                         {}, [](const Wallet& made) { return Answer{.body = made.id.text()}; });
  }
  [[nodiscard]] Result<Answer> import(const WalletId& wallet, std::string_view digits) const {
    const NewCard wanted{.pan = pan(digits)};
    return import_card(
        vault, wallet, fixture->actor, wanted, {},
        [](const Wallet&, const Card& card) { return Answer{.body = card.id.text()}; });
  }
};

}  // namespace cardvault::test
