#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/names.h"
#include "base/result.h"
#include "vault/wallet/card.h"
#include "vault/wallet/credential.h"
#include "vault/wallet/deregistration.h"
#include "vault/wallet/device.h"
#include "vault/wallet/keyed_digest.h"
#include "vault/wallet/remembered_answer.h"

namespace cardvault {

/// The numbers are stored.
///
///   active <-> frozen, either -> closed, which is final
enum class WalletState : std::uint8_t { active = 1, frozen = 2, closed = 3 };

inline constexpr auto kWalletStateNames =
    names_from<WalletState::active>("active", "frozen", "closed");

[[nodiscard]] constexpr std::string_view wallet_state_name(WalletState state) {
  return name_of(kWalletStateNames, state);
}

/// Bounds on one wallet, so that its record, which every list view reads whole, stays small.
inline constexpr std::size_t kMaxCards = 50;
inline constexpr std::size_t kMaxDevices = 20;
/// Deregistrations that are done are forgotten, oldest first, beyond this many; the audit log
/// keeps them.
inline constexpr std::size_t kMaxDoneDeregistrations = 64;
/// While this many are open no card is bound and no channel opened: what is ended must be tellable
/// at any time, so the beginning is what is bounded. A card bound and ended every quarter of an
/// hour through a weekend in which one channel is down.
inline constexpr std::size_t kMaxOpenDeregistrations = 200;
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

/// A user's cards, devices and credentials: a plain value without I/O, clock or randomness. What a
/// capability does with it stands in that capability's room (vault/access/wallet_access.h,
/// vault/cards/wallet_cards.h, vault/closing/wallet_closures.h). Sealed as one record, so one read
/// serves a list and one compare-and-swap makes any change atomic.
class Wallet {
 public:
  WalletId id;
  KeyedDigest subject;       ///< of the operator's name for the user, under a subject_index key
  std::string subject_text;  ///< that name; "" once the wallet is closed
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

  /// wallet_frozen or wallet_closed unless active.
  [[nodiscard]] Status require_active() const;
  /// wallet_closed when closed: a frozen wallet still lets its owner's backend change it.
  [[nodiscard]] Status require_open() const;

  /// limit_reached while kMaxOpenDeregistrations are open.
  [[nodiscard]] Status require_room_for_deregistration() const;

  [[nodiscard]] const Card* find_card(const CardId& card) const;
  /// card_not_found.
  [[nodiscard]] Result<std::vector<Card>::iterator> require_card(const CardId& card);

  void kill_all_tokens() { ++epoch; }
  void list_changed() { ++list_version; }
  /// The earliest Deregistration::next_due(): when a worker has to look at the wallet again.
  [[nodiscard]] std::optional<Time> next_due() const;
};

}  // namespace cardvault
