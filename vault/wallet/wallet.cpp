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

void forget_done_beyond_limit(std::vector<Deregistration>& deregistrations) {
  auto done =
      static_cast<std::size_t>(std::ranges::count_if(deregistrations, &Deregistration::is_closed));
  std::erase_if(deregistrations, [&](const Deregistration& one) {
    if (done <= kMaxDoneDeregistrations || !one.is_closed()) return false;
    --done;
    return true;
  });
}

}  // namespace

std::string_view wallet_state_name(WalletState state) {
  switch (state) {
    case WalletState::active:
      return "active";
    case WalletState::frozen:
      return "frozen";
  }
  return "";
}

Status Wallet::require_active() const {
  if (state == WalletState::active) return {};
  return fail(ErrorCode::wallet_frozen, "The wallet is frozen.");
}

void Wallet::set_state(WalletState next) {
  if (state == next) return;
  state = next;
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

Status Wallet::bind_device(Device device) {
  if (const Device* same = find_by(devices, device.fingerprint, &Device::fingerprint)) {
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
  for (Credential& credential : credentials) {
    std::erase_if(credential.attempts, [&](const Attempts& one) { return one.device == device; });
  }
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

Status Wallet::bind_card(Card card) {
  if (const Card* same = find_by(cards, card.fingerprint, &Card::fingerprint)) {
    return already_there(ErrorCode::card_already_bound, "This card is bound to the wallet already.",
                         same->id.text());
  }
  if (cards.size() >= kMaxCards) {
    return fail(ErrorCode::limit_reached, "The wallet has as many cards as it may have.");
  }
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

Result<const Deregistration*> Wallet::deregister(Deregistration made) {
  const auto found = std::ranges::find(cards, made.card, &Card::id);
  if (found == cards.end()) return card_not_found();
  made.last4 = found->last4;
  for (const Channel channel : found->channels.list()) {
    made.closures.push_back(
        {.channel = channel, .state = ClosureState::closed, .closed_at = made.requested_at});
  }
  const bool was_default = found->is_default;
  cards.erase(found);
  if (was_default && !cards.empty()) cards.front().is_default = true;
  list_changed();
  deregistrations.push_back(std::move(made));
  forget_done_beyond_limit(deregistrations);
  return &deregistrations.back();
}

const Deregistration* Wallet::find_deregistration_of(const CardId& card) const {
  return find_by(deregistrations, card, &Deregistration::card);
}

const Deregistration* Wallet::find_deregistration(const DeregistrationId& wanted) const {
  return find_by(deregistrations, wanted, &Deregistration::id);
}

}  // namespace cardvault
