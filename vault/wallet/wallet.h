#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
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

[[nodiscard]] std::string_view wallet_state_name(WalletState state);

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

/// A user's cards, devices and credentials: a plain value without I/O, clock or randomness. Every
/// method decides and changes, or returns an error and changes nothing. Sealed as one record, so
/// one read serves a list and one compare-and-swap makes any change atomic.
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

  /// Freezes or unfreezes. Raises the epoch when the state changes, so tokens from before a freeze
  /// stay dead after it. wallet_closed when closed.
  [[nodiscard]] Status set_frozen(bool frozen);
  /// The end of the wallet: the user's name, devices, credentials, remembered answers and all
  /// tokens are gone. Its cards are deregistered before.
  void close();
  void set_locale(std::string next);
  void kill_all_tokens() { ++epoch; }
  /// Forgets revocations that have expired by `now`.
  void revoke_token(const TokenId& token, Time expires_at, Time now);
  [[nodiscard]] bool is_revoked(const TokenId& token) const;

  /// device_already_bound when `is_same` says so of a device, limit_reached.
  [[nodiscard]] Status bind_device(Device device,
                                   const std::function<bool(const Device&)>& is_same);
  /// Forgets its tries too. device_not_found.
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

  /// card_already_bound (with the card's id) when a card has one of the digests that `number` is
  /// known as, limit_reached. The first card is the default one.
  [[nodiscard]] Status bind_card(Card card, const KeyedDigests& number);
  /// card_not_found, invalid_request.
  [[nodiscard]] Status change_card(const CardId& card, const CardChange& change);
  [[nodiscard]] const Card* find_card(const CardId& card) const;

  /// Ends the card of `made` for good: it leaves the list, and `made` is kept with a closure, to be
  /// tried at once, for every channel the card was opened for, and for every one that was closed
  /// before and does not know it yet: no card is closed while a channel may show it.
  /// card_not_found.
  [[nodiscard]] Result<Deregistration*> deregister(Deregistration made);
  /// Ends one channel of the card of `made` alike. nullptr when the card was not opened for it.
  /// card_not_found.
  [[nodiscard]] Result<Deregistration*> close_channel(Deregistration made, Channel channel);
  /// channel_closing while an earlier closure of the same is open (the message on its way would
  /// close what was just opened), card_not_found, limit_reached.
  [[nodiscard]] Status open_channel(const CardId& card, Channel channel);

  /// The one that ended a card, nullptr when there is none.
  [[nodiscard]] const Deregistration* find_deregistration_of(const CardId& card) const;
  [[nodiscard]] const Deregistration* find_deregistration(const DeregistrationId& wanted) const;
  [[nodiscard]] Deregistration* find_deregistration(const DeregistrationId& wanted);
  /// When a worker has to look at the wallet again: see Deregistration::next_due().
  [[nodiscard]] std::optional<Time> next_due() const;
  /// The oldest closed ones beyond kMaxDoneDeregistrations, those of channels first.
  void forget_done_deregistrations();

 private:
  void list_changed() { ++list_version; }
  [[nodiscard]] Status require_room_for_endings() const;
  [[nodiscard]] ChannelSet channels_being_closed(const CardId& card) const;
};

}  // namespace cardvault
