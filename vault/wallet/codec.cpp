#include "vault/wallet/codec.h"

#include <utility>

#include "vault/wallet/binary.h"

namespace cardvault {
namespace {

// 1: a deregistration's closures had a state and a closing time only, and all were closed at once.
constexpr std::uint64_t kFirstLayout = 1;
constexpr std::uint64_t kLayout = 2;
// A bound for lists without one of their own, so that a damaged length cannot ask for all memory.
constexpr std::size_t kAnyList = 4096;

template <class Things, class Write>
void write_list(BinaryWriter& out, const Things& things, Write write) {
  out.number(things.size());
  for (const auto& thing : things) write(out, thing);
}

template <class Thing, class Read>
std::vector<Thing> read_list(BinaryReader& in, Read read) {
  std::vector<Thing> things;
  const std::size_t count = in.count(kAnyList);
  things.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) things.push_back(read(in));
  return things;
}

void write_card(BinaryWriter& out, const Card& card) {
  out.id(card.id);
  out.raw(card.fingerprint);
  out.text(card.bank_code);
  out.enumerator(card.funding);
  out.enumerator(card.kind);
  out.enumerator(card.scheme);
  out.boolean(card.luhn_valid);
  out.text(card.first6);
  out.text(card.last4);
  out.text(card.nickname);
  out.boolean(card.is_default);
  out.number(card.channels.bits());
  out.time(card.bound_at);
}

Card read_card(BinaryReader& in) {
  Card card;
  card.id = in.id<CardKind>();
  in.raw(card.fingerprint);
  card.bank_code = in.text();
  card.funding = in.enumerator(Funding::unknown, Funding::prepaid);
  card.kind = in.enumerator(CardVariety::standard, CardVariety::social_security);
  card.scheme = in.enumerator(Scheme::unknown, Scheme::discover);
  card.luhn_valid = in.boolean();
  card.first6 = in.text();
  card.last4 = in.text();
  card.nickname = in.text();
  card.is_default = in.boolean();
  card.channels = ChannelSet(in.number_as<std::uint8_t>());
  card.bound_at = in.time();
  return card;
}

void write_device(BinaryWriter& out, const Device& device) {
  out.id(device.id);
  out.text(device.name);
  out.raw(device.fingerprint);
  out.boolean(device.has_sim);
  out.raw(device.sim);
  out.bytes(device.public_key);
  out.time(device.bound_at);
}

Device read_device(BinaryReader& in) {
  Device device;
  device.id = in.id<DeviceKind>();
  device.name = in.text();
  in.raw(device.fingerprint);
  device.has_sim = in.boolean();
  in.raw(device.sim);
  device.public_key = in.owned_bytes();
  device.bound_at = in.time();
  return device;
}

void write_credential(BinaryWriter& out, const Credential& credential) {
  out.enumerator(credential.method);
  out.number(credential.pepper);
  out.bytes(credential.verifier);
  out.time(credential.set_at);
  out.number(credential.consecutive_failures);
  write_list(out, credential.attempts, [](BinaryWriter& to, const Attempts& attempts) {
    to.id(attempts.device);
    to.number(attempts.failures);
    to.maybe_time(attempts.locked_until);
  });
}

Credential read_credential(BinaryReader& in) {
  Credential credential;
  credential.method = in.enumerator(UnlockMethod::password, UnlockMethod::gesture);
  credential.pepper = in.number_as<KeyId>();
  credential.verifier = in.owned_bytes();
  credential.set_at = in.time();
  credential.consecutive_failures = in.number_as<std::uint32_t>();
  credential.attempts = read_list<Attempts>(in, [](BinaryReader& from) {
    Attempts attempts;
    attempts.device = from.id<DeviceKind>();
    attempts.failures = from.number_as<std::uint32_t>();
    attempts.locked_until = from.maybe_time();
    return attempts;
  });
  return credential;
}

void write_closure(BinaryWriter& out, const Closure& closure) {
  out.enumerator(closure.channel);
  out.enumerator(closure.state);
  out.number(closure.attempts);
  out.number(closure.failures);
  out.enumerator(closure.last_failure);
  out.number(closure.last_status);
  out.maybe_time(closure.next_attempt_at);
  out.maybe_time(closure.told_at);
  out.maybe_time(closure.closed_at);
  if (closure.closed_at) out.raw(closure.acknowledgement);
}

Closure read_closure(BinaryReader& in) {
  Closure closure;
  closure.channel = in.enumerator(Channel::wechat_pay, Channel::sms_bank);
  closure.state = in.enumerator(ClosureState::pending, ClosureState::closed);
  closure.attempts = in.number_as<std::uint32_t>();
  closure.failures = in.number_as<std::uint32_t>();
  closure.last_failure = in.enumerator(CloseFailure::none, CloseFailure::reported_failed);
  closure.last_status = in.number_as<std::uint16_t>();
  closure.next_attempt_at = in.maybe_time();
  closure.told_at = in.maybe_time();
  closure.closed_at = in.maybe_time();
  if (closure.closed_at) in.raw(closure.acknowledgement);
  return closure;
}

void write_receipt(BinaryWriter& out, const std::optional<ReceiptSeal>& receipt) {
  out.boolean(receipt.has_value());
  if (!receipt) return;
  out.number(receipt->key);
  out.time(receipt->issued_at);
  out.raw(receipt->signature);
}

std::optional<ReceiptSeal> read_receipt(BinaryReader& in) {
  if (!in.boolean()) return std::nullopt;
  ReceiptSeal receipt;
  receipt.key = in.number_as<KeyId>();
  receipt.issued_at = in.time();
  in.raw(receipt.signature);
  return receipt;
}

void write_deregistration(BinaryWriter& out, const Deregistration& one) {
  out.id(one.id);
  out.id(one.card);
  out.enumerator(one.extent);
  out.text(one.last4);
  out.text(one.reason);
  out.time(one.requested_at);
  out.time(one.deadline);
  out.boolean(one.deadline_provisional);
  out.maybe_time(one.overdue_since);
  write_list(out, one.closures, write_closure);
  write_receipt(out, one.receipt);
}

Deregistration read_deregistration(BinaryReader& in) {
  Deregistration one;
  one.id = in.id<DeregistrationKind>();
  one.card = in.id<CardKind>();
  one.extent = in.enumerator(Extent::card, Extent::channel);
  one.last4 = in.text();
  one.reason = in.text();
  one.requested_at = in.time();
  one.deadline = in.time();
  one.deadline_provisional = in.boolean();
  one.overdue_since = in.maybe_time();
  one.closures = read_list<Closure>(in, read_closure);
  one.receipt = read_receipt(in);
  return one;
}

Deregistration read_first_deregistration(BinaryReader& in) {
  Deregistration one;
  one.id = in.id<DeregistrationKind>();
  one.card = in.id<CardKind>();
  one.last4 = in.text();
  one.reason = in.text();
  one.requested_at = in.time();
  one.deadline = one.requested_at;
  one.closures = read_list<Closure>(in, [](BinaryReader& from) {
    Closure closure;
    closure.channel = from.enumerator(Channel::wechat_pay, Channel::sms_bank);
    closure.state = from.enumerator(ClosureState::closed, ClosureState::closed);
    closure.closed_at = from.maybe_time();
    return closure;
  });
  return one;
}

void write_revoked_token(BinaryWriter& out, const RevokedToken& token) {
  out.id(token.id);
  out.time(token.expires_at);
}

RevokedToken read_revoked_token(BinaryReader& in) {
  RevokedToken token;
  token.id = in.id<TokenKind>();
  token.expires_at = in.time();
  return token;
}

void write_answer(BinaryWriter& out, const RememberedAnswer& answer) {
  out.raw(answer.key);
  out.raw(answer.request);
  out.time(answer.at);
  out.text(answer.body);
  out.text(answer.location);
}

RememberedAnswer read_answer(BinaryReader& in) {
  RememberedAnswer answer;
  in.raw(answer.key);
  in.raw(answer.request);
  answer.at = in.time();
  answer.body = in.text();
  answer.location = in.text();
  return answer;
}

}  // namespace

Bytes encode_wallet(const Wallet& wallet) {
  BinaryWriter out;
  out.number(kLayout);
  out.raw(wallet.subject);
  out.text(wallet.locale);
  out.enumerator(wallet.state);
  out.time(wallet.created_at);
  out.number(wallet.epoch);
  out.number(wallet.list_version);
  write_list(out, wallet.cards, write_card);
  write_list(out, wallet.devices, write_device);
  write_list(out, wallet.credentials, write_credential);
  write_list(out, wallet.deregistrations, write_deregistration);
  write_list(out, wallet.revoked_tokens, write_revoked_token);
  write_list(out, wallet.answers, write_answer);
  out.number(wallet.audit.seq);
  out.raw(wallet.audit.link);
  return out.take();
}

Result<Wallet> decode_wallet(const WalletId& id, ByteView bytes) {
  BinaryReader in(bytes);
  const std::uint64_t layout = in.number();
  Wallet wallet;
  wallet.id = id;
  in.raw(wallet.subject);
  wallet.locale = in.text();
  wallet.state = in.enumerator(WalletState::active, WalletState::closed);
  wallet.created_at = in.time();
  wallet.epoch = in.number_as<std::uint32_t>();
  wallet.list_version = in.number();
  wallet.cards = read_list<Card>(in, read_card);
  wallet.devices = read_list<Device>(in, read_device);
  wallet.credentials = read_list<Credential>(in, read_credential);
  wallet.deregistrations = read_list<Deregistration>(
      in, layout == kFirstLayout ? read_first_deregistration : read_deregistration);
  wallet.revoked_tokens = read_list<RevokedToken>(in, read_revoked_token);
  wallet.answers = read_list<RememberedAnswer>(in, read_answer);
  wallet.audit.seq = in.number();
  in.raw(wallet.audit.link);
  if (layout < kFirstLayout || layout > kLayout || !in.finished()) {
    return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.",
                OperatorText{"wallet " + id.text() + ": opened, but its layout is not known"});
  }
  return wallet;
}

}  // namespace cardvault
