#include "vault/wallet/wallet.h"

#include <algorithm>
#include <utility>

namespace cardvault {
namespace {

template <class Things, class Key, class Member>
auto* find_by(Things& things, const Key& key, Member member) {
  const auto found = std::ranges::find(things, key, member);
  return found == things.end() ? nullptr : &*found;
}

std::unexpected<Error> card_not_found() {
  return fail(ErrorCode::card_not_found, "The wallet has no such card.");
}

std::unexpected<Error> already_there(ErrorCode code, std::string detail, std::string id) {
  Error error = make_error(code, std::move(detail));
  error.existing_id = std::move(id);
  return fail(std::move(error));
}

}  // namespace

std::string_view wallet_state_name(WalletState state) {
  switch (state) {
    case WalletState::active:
      return "active";
    case WalletState::frozen:
      return "frozen";
    case WalletState::closed:
      return "closed";
  }
  return "";
}

Status Wallet::require_active() const {
  if (state == WalletState::frozen) {
    return fail(ErrorCode::wallet_frozen, "The wallet is frozen.");
  }
  return require_open();
}

Status Wallet::require_open() const {
  if (state != WalletState::closed) return {};
  return fail(ErrorCode::wallet_closed, "The wallet is closed for good.");
}

Status Wallet::set_frozen(bool frozen) {
  TRY(require_open());
  const auto next = frozen ? WalletState::frozen : WalletState::active;
  if (state == next) return {};
  state = next;
  kill_all_tokens();
  return {};
}

void Wallet::close() {
  state = WalletState::closed;
  subject_text.clear();
  devices.clear();
  credentials.clear();
  revoked_tokens.clear();
  answers.clear();
  kill_all_tokens();
}

void Wallet::set_locale(std::string next) {
  if (locale == next) return;
  locale = std::move(next);
  list_changed();
}

void Wallet::revoke_token(const TokenId& token, Time expires_at, Time now) {
  std::erase_if(revoked_tokens, [&](const RevokedToken& one) { return one.expires_at <= now; });
  if (is_revoked(token)) return;
  if (revoked_tokens.size() >= kMaxRevokedTokens) {
    revoked_tokens.clear();
    kill_all_tokens();
    return;
  }
  revoked_tokens.push_back({token, expires_at});
}

bool Wallet::is_revoked(const TokenId& token) const {
  return find_by(revoked_tokens, token, &RevokedToken::id) != nullptr;
}

Status Wallet::bind_device(Device device, const std::function<bool(const Device&)>& is_same) {
  if (const auto same = std::ranges::find_if(devices, is_same); same != devices.end()) {
    return already_there(ErrorCode::device_already_bound,
                         "This device is bound to the wallet already.", same->id.text());
  }
  if (devices.size() >= kMaxDevices) {
    return fail(ErrorCode::limit_reached, "The wallet has as many devices as it may have.");
  }
  devices.push_back(std::move(device));
  return {};
}

Status Wallet::unbind_device(const DeviceId& device) {
  if (std::erase_if(devices, [&](const Device& one) { return one.id == device; }) == 0) {
    return fail(ErrorCode::device_not_found, "The wallet has no such device.");
  }
  for (Credential& credential : credentials) credential.forget_device(device);
  return {};
}

const Device* Wallet::find_device(const DeviceId& device) const {
  return find_by(devices, device, &Device::id);
}

void Wallet::set_credential(Credential credential) {
  if (Credential* old = find_credential(credential.method)) {
    *old = std::move(credential);
  } else {
    credentials.push_back(std::move(credential));
  }
  kill_all_tokens();
}

Status Wallet::remove_credential(UnlockMethod method) {
  const auto removed = std::erase_if(
      credentials, [&](const Credential& credential) { return credential.method == method; });
  if (removed == 0) {
    return fail(ErrorCode::credential_not_set, "The wallet has no credential of this kind.");
  }
  kill_all_tokens();
  return {};
}

const Credential* Wallet::find_credential(UnlockMethod method) const {
  return find_by(credentials, method, &Credential::method);
}

Credential* Wallet::find_credential(UnlockMethod method) {
  return find_by(credentials, method, &Credential::method);
}

std::vector<std::string> Wallet::unlock_fallbacks(UnlockMethod method, const DeviceId& device,
                                                  Time now) const {
  std::vector<std::string> methods;
  for (const Credential& credential : credentials) {
    const bool usable = !credential.is_void() && !credential.locked_until(device, now);
    if (credential.method != method && usable) methods.emplace_back(method_name(credential.method));
  }
  return methods;
}

Status Wallet::bind_card(Card card, const KeyedDigests& number) {
  const auto same = std::ranges::find_if(
      cards, [&](const Card& one) { return number.has(one.fingerprint.value); });
  if (same != cards.end()) {
    return already_there(ErrorCode::card_already_bound, "This card is bound to the wallet already.",
                         same->id.text());
  }
  if (cards.size() >= kMaxCards) {
    return fail(ErrorCode::limit_reached, "The wallet has as many cards as it may have.");
  }
  TRY(require_room_for_endings());
  card.is_default = cards.empty();
  cards.push_back(std::move(card));
  list_changed();
  return {};
}

Status Wallet::change_card(const CardId& card, const CardChange& change) {
  const auto found = std::ranges::find(cards, card, &Card::id);
  if (found == cards.end()) return card_not_found();
  if (change.is_default == false) return fail(invalid_field("is_default", "not_allowed"));
  if (change.order && *change.order >= cards.size()) {
    return fail(invalid_field("order", "out_of_range"));
  }
  const std::vector<Card> before = cards;
  if (change.nickname) found->nickname = *change.nickname;
  if (change.is_default) {
    for (Card& one : cards) one.is_default = one.id == card;
  }
  if (change.order) {
    const auto target = cards.begin() + static_cast<std::ptrdiff_t>(*change.order);
    if (found < target) {
      std::rotate(found, found + 1, target + 1);
    } else {
      std::rotate(target, found, found + 1);
    }
  }
  if (cards != before) list_changed();
  return {};
}

const Card* Wallet::find_card(const CardId& card) const {
  return find_by(cards, card, &Card::id);
}

Status Wallet::require_room_for_endings() const {
  const auto closed = std::ranges::count_if(deregistrations, &Deregistration::is_closed);
  if (deregistrations.size() - static_cast<std::size_t>(closed) < kMaxOpenDeregistrations)
    return {};
  return fail(ErrorCode::limit_reached, "The wallet has too many channels that are being closed.");
}

ChannelSet Wallet::channels_being_closed(const CardId& card) const {
  ChannelSet closing;
  for (const Deregistration& one : deregistrations) {
    if (one.card != card) continue;
    for (const Closure& closure : one.closures) {
      if (closure.is_open()) closing.insert(closure.channel);
    }
  }
  return closing;
}

Result<Deregistration*> Wallet::deregister(Deregistration made) {
  const auto found = std::ranges::find(cards, made.card, &Card::id);
  if (found == cards.end()) return card_not_found();
  made.extent = Extent::card;
  made.last4 = found->last4;
  const ChannelSet closing = channels_being_closed(found->id);
  const ChannelSet concerned(static_cast<std::uint8_t>(found->channels.bits() | closing.bits()));
  for (const Channel channel : concerned.list()) {
    made.closures.push_back({.channel = channel, .next_attempt_at = made.requested_at});
  }
  const bool was_default = found->is_default;
  cards.erase(found);
  if (was_default && !cards.empty()) cards.front().is_default = true;
  list_changed();
  return &deregistrations.emplace_back(std::move(made));
}

Result<Deregistration*> Wallet::close_channel(Deregistration made, Channel channel) {
  const auto found = std::ranges::find(cards, made.card, &Card::id);
  if (found == cards.end()) return card_not_found();
  if (!found->channels.has(channel)) return nullptr;
  found->channels.erase(channel);
  list_changed();
  made.extent = Extent::channel;
  made.last4 = found->last4;
  made.closures.push_back({.channel = channel, .next_attempt_at = made.requested_at});
  return &deregistrations.emplace_back(std::move(made));
}

Status Wallet::open_channel(const CardId& card, Channel channel) {
  const auto found = std::ranges::find(cards, card, &Card::id);
  if (found == cards.end()) return card_not_found();
  if (found->channels.has(channel)) return {};
  if (channels_being_closed(card).has(channel)) {
    return fail(ErrorCode::channel_closing,
                "The channel is still being told that the card is closed for it.");
  }
  TRY(require_room_for_endings());
  found->channels.insert(channel);
  list_changed();
  return {};
}

const Deregistration* Wallet::find_deregistration_of(const CardId& card) const {
  const auto found = std::ranges::find_if(deregistrations, [&](const Deregistration& one) {
    return one.card == card && one.extent == Extent::card;
  });
  return found == deregistrations.end() ? nullptr : &*found;
}

const Deregistration* Wallet::find_deregistration(const DeregistrationId& wanted) const {
  return find_by(deregistrations, wanted, &Deregistration::id);
}

Deregistration* Wallet::find_deregistration(const DeregistrationId& wanted) {
  return find_by(deregistrations, wanted, &Deregistration::id);
}

std::optional<Time> Wallet::next_due() const {
  std::optional<Time> earliest;
  for (const Deregistration& one : deregistrations) {
    const auto due = one.next_due();
    if (due && (!earliest || *due < *earliest)) earliest = due;
  }
  return earliest;
}

void Wallet::forget_done_deregistrations() {
  auto done =
      static_cast<std::size_t>(std::ranges::count_if(deregistrations, &Deregistration::is_closed));
  for (const Extent first : {Extent::channel, Extent::card}) {
    std::erase_if(deregistrations, [&](const Deregistration& one) {
      if (done <= kMaxDoneDeregistrations || !one.is_closed() || one.extent != first) return false;
      --done;
      return true;
    });
  }
}

}  // namespace cardvault
