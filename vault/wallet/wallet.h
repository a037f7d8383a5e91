#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "crypto/keyed_hash.h"
#include "vault/wallet/card.h"
#include "vault/wallet/credential.h"
#include "vault/wallet/deregistration.h"
#include "vault/wallet/device.h"
#include "vault/wallet/remembered_answer.h"

namespace cardvault {

/// The numbers are stored.
///
///   active <-> frozen
enum class WalletState : std::uint8_t { active = 1, frozen = 2 };

[[nodiscard]] std::string_view wallet_state_name(WalletState state);

/// Bounds on one wallet, so that its record, which every list view reads whole, stays small.
inline constexpr std::size_t kMaxCards = 50;
inline constexpr std::size_t kMaxDevices = 20;
/// Deregistrations that are done are forgotten, oldest first, beyond this many; the audit log
/// keeps them.
inline constexpr std::size_t kMaxDoneDeregistrations = 64;
/// More revoked tokens at once than this and all tokens of the wallet die instead.
inline constexpr std::size_t kMaxRevokedTokens = 64;

/// A token that was revoked before its time.
struct RevokedToken {
  TokenId id;
  Time expires_at{};
  bool operator==(const RevokedToken&) const = default;
};

/// Where the wallet's audit log ends.
struct AuditHead {
  std::uint64_t seq = 0;
  Digest link{};
  bool operator==(const AuditHead&) const = default;
};

/// What a caller may change of a card's appearance.
struct CardChange {
  std::optional<std::string> nickname;
  std::optional<bool> is_default;      ///< only true is accepted: one card is always the default
  std::optional<std::uint32_t> order;  ///< position in the list, from 0
};

/// A user's cards, devices and credentials: a plain value without I/O, clock or randomness. Every
/// method decides and changes, or returns an error and changes nothing. Sealed as one record, so
/// one read serves a list and one compare-and-swap makes any change atomic.
class Wallet {
 public:
  WalletId id;
  Digest subject{};  ///< keyed hash of the operator's name for the user
  std::string locale = "zh-CN";
  WalletState state = WalletState::active;
  Time created_at{};
  std::uint32_t epoch = 1;         ///< tokens of an older epoch are dead
  std::uint64_t list_version = 1;  ///< rises whenever a list view would look different
  std::vector<Card> cards;         ///< in list order
  std::vector<Device> devices;
  std::vector<Credential> credentials;
  std::vector<Deregistration> deregistrations;  ///< oldest first
  std::vector<RevokedToken> revoked_tokens;
  std::vector<RememberedAnswer> answers;
  AuditHead audit;

  bool operator==(const Wallet&) const = default;

  /// wallet_frozen unless active.
  [[nodiscard]] Status require_active() const;

  /// Raises the epoch when the state changes, so tokens from before a freeze stay dead after it.
  void set_state(WalletState next);
  void set_locale(std::string next);
  void kill_all_tokens() { ++epoch; }
  /// Forgets revocations that have expired by `now`.
  void revoke_token(const TokenId& token, Time expires_at, Time now);
  [[nodiscard]] bool is_revoked(const TokenId& token) const;

  /// device_already_bound (same fingerprint), limit_reached.
  [[nodiscard]] Status bind_device(Device device);
  /// Forgets its failed attempts too. device_not_found.
  [[nodiscard]] Status unbind_device(const DeviceId& device);
  [[nodiscard]] const Device* find_device(const DeviceId& device) const;

  /// Replaces the credential of the method, with all its failures, and kills all tokens.
  void set_credential(Credential credential);
  /// credential_not_set. Kills all tokens.
  [[nodiscard]] Status remove_credential(UnlockMethod method);
  [[nodiscard]] const Credential* find_credential(UnlockMethod method) const;
  [[nodiscard]] Credential* find_credential(UnlockMethod method);
  /// Methods other than `method` that `device` could unlock with at `now`.
  [[nodiscard]] std::vector<std::string> unlock_fallbacks(UnlockMethod method,
                                                          const DeviceId& device, Time now) const;

  /// card_already_bound (with the card's id), limit_reached. The first card is the default one.
  [[nodiscard]] Status bind_card(Card card);
  /// card_not_found, invalid_request.
  [[nodiscard]] Status change_card(const CardId& card, const CardChange& change);
  [[nodiscard]] const Card* find_card(const CardId& card) const;

  /// The card leaves the list and its deregistration, named `made.id`, is written with a closure
  /// for every channel the card was opened for, closed at once. card_not_found.
  [[nodiscard]] Result<const Deregistration*> deregister(Deregistration made);
  /// The deregistration of a card that is no longer bound, nullptr when there is none.
  [[nodiscard]] const Deregistration* find_deregistration_of(const CardId& card) const;
  [[nodiscard]] const Deregistration* find_deregistration(const DeregistrationId& wanted) const;

 private:
  void list_changed() { ++list_version; }
};

}  // namespace cardvault
