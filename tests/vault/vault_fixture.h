#pragma once

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/manual_clock.h"
#include "crypto/random.h"
#include "tests/support/memory_store.h"
#include "tests/vault/hooked_store.h"
#include "vault/access/manage_credentials.h"
#include "vault/access/manage_devices.h"
#include "vault/access/unlock.h"
#include "vault/audit/audit_chain.h"
#include "vault/audit/audit_page.h"
#include "vault/cards/bind_card.h"
#include "vault/cards/view_cards.h"
#include "vault/closing/deregister_card.h"
#include "vault/closing/settle.h"
#include "vault/lifecycle/manage_wallet.h"
#include "vault/lifecycle/whole_vault.h"

namespace cardvault::test {

// Published test numbers, and numbers of mainland banks that the shipped bank profiles know.
inline constexpr std::string_view kVisa = "4111111111111111";
inline constexpr std::string_view kMastercard = "5555555555554444";
inline constexpr std::string_view kCmbDebit = "6226090000000048";
inline constexpr std::string_view kPabCredit = "6221558812340000";
inline constexpr std::string_view kPabDebit = "6216261000000000018";
inline constexpr std::string_view kHxbCredit = "6226388000000095";

inline constexpr std::string_view kPassword = "correct horse";
inline constexpr std::string_view kGesture = "0-1-2-5-8";

/// The stable name of the error; "ok" for a success.
template <class T>
[[nodiscard]] std::string_view code_of(const Result<T>& result) {
  return result ? "ok" : result.error().code.name;
}

/// The reason of the only field error; "" if there is not exactly one.
template <class T>
[[nodiscard]] std::string reason_of(const Result<T>& result) {
  if (result || result.error().fields.size() != 1) return "";
  return result.error().fields.front().reason;
}

[[nodiscard]] Pan pan(std::string_view digits);
[[nodiscard]] Digest digest_of(std::string_view text);
/// Hashes an Idempotency-Key and a body as the API does, but without a key.
[[nodiscard]] Idempotency idempotency(std::string_view key, std::string_view body = "body");
/// An id that is equal in every run.
template <class AnyId>
[[nodiscard]] AnyId id_of(std::uint8_t number) {
  IdBits bits;
  bits.bytes.fill(number);
  return AnyId(bits);
}

/// The channels of the fixture's vault: all of them. official_account reports later, within an
/// hour.
[[nodiscard]] const ChannelDirectory& fixture_channels();

/// A whole vault, by default on the memory store: a clock that stands still, cheap passwords, the
/// shipped bank profiles, and helpers for the first steps of most tests.
class VaultFixture {
 public:
  explicit VaultFixture(std::unique_ptr<WalletStore> kept_in = make_memory_store());

  std::unique_ptr<WalletStore> inner;
  HookedStore store{*inner};
  SystemRandom random;
  FixedClock base{Time{std::chrono::seconds{1'795'000'000}}};
  AdjustableClock clock{base};
  LiveKeyring keyring{Keyring::generate(base.now(), random), clock};
  RecordSealer sealer{keyring, random};
  VerificationGate gate{2, 64};
  BankCatalogue banks;
  std::unique_ptr<DeadlineRule> deadlines = DeadlineRule::make("Asia/Shanghai", 7).value();
  WholeVault vault{{store, keyring, sealer, clock, random},
                   fixture_channels(),
                   *deadlines,
                   banks,
                   gate,
                   PasswordCost{1, 8}};
  Actor actor{"client:cli_test"};

  [[nodiscard]] WalletId make_wallet(std::string_view subject = "user-1");
  [[nodiscard]] DeviceId make_device(const WalletId& wallet, std::string_view print = "phone-1");
  [[nodiscard]] CardId make_card(const WalletId& wallet, std::string_view digits = kCmbDebit,
                                 ChannelSet channels = {});
  void set_password(const WalletId& wallet, std::string_view password = kPassword);
  void set_gesture(const WalletId& wallet, std::string_view gesture = kGesture);

  [[nodiscard]] Result<Answer> create(std::string_view subject,
                                      const std::optional<Idempotency>& key = {});
  [[nodiscard]] Result<Answer> bind(const WalletId& wallet, std::string_view print,
                                    const std::optional<Idempotency>& key = {});
  [[nodiscard]] Result<Answer> import(const WalletId& wallet, std::string_view digits,
                                      const std::optional<Idempotency>& key = {},
                                      ChannelSet channels = {});
  [[nodiscard]] Result<Answer> deregister(const WalletId& wallet, const CardId& card,
                                          const std::optional<Idempotency>& key = {});
  /// Deregisters the card and returns the stored deregistration.
  [[nodiscard]] Deregistration ended(const WalletId& wallet, const CardId& card);
  [[nodiscard]] Deregistration deregistration(const WalletId& wallet, const DeregistrationId& id);
  [[nodiscard]] Result<IssuedToken> try_unlock(const WalletId& wallet, const DeviceId& device,
                                               std::string_view secret,
                                               UnlockMethod method = UnlockMethod::password);
  /// A token that the backend issues without an unlock. Without a scope, it is for the list view.
  [[nodiscard]] Result<IssuedToken> token(const WalletId& wallet, TokenRequest request);
  [[nodiscard]] IssuedToken list_token(const WalletId& wallet, const DeviceId& device);
  [[nodiscard]] Result<Viewer> view(const IssuedToken& issued, Scope scope = Scope::cards_list);

  /// Adds a key of the purpose, promotes and shows it at once.
  KeyId rotate(Purpose purpose);
  /// Adds a key without promoting it.
  KeyId add_key(Purpose purpose);
  /// Errors: those of Keyring::set_state(), such as key_in_use.
  [[nodiscard]] Status set_key_state(KeyId key, KeyState state);
  [[nodiscard]] KeyId current_key(Purpose purpose) const;

  /// The wallet as it is stored now.
  [[nodiscard]] Wallet wallet(const WalletId& id);
  /// The version of its record; each commit adds one.
  [[nodiscard]] std::uint64_t version(const WalletId& id);
  [[nodiscard]] std::vector<std::string> actions(const WalletId& id);
};

}  // namespace cardvault::test
