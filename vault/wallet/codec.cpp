#include "vault/wallet/codec.h"

#include <string>
#include <utility>

#include "vault/wallet/binary_list.h"
#include "vault/wallet/deregistration_codec.h"

namespace cardvault {
namespace {

// Layouts 1 to 4 were never released. No version reads them any more, and none is mistaken for 5.
constexpr std::uint64_t kLayout = 5;

void write_digest(BinaryWriter& out, const KeyedDigest& digest) {
  out.raw(digest.value);
  out.number(digest.key);
}

KeyedDigest read_digest(BinaryReader& in) {
  KeyedDigest digest;
  in.raw(digest.value);
  digest.key = in.number_as<KeyId>();
  return digest;
}
void write_card(BinaryWriter& out, const Card& card) {
  out.id(card.id);
  write_digest(out, card.fingerprint);
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
  card.fingerprint = read_digest(in);
  card.bank_code = in.text();
  card.funding = in.enumerator(Funding::unknown, Funding::prepaid);
  card.kind = in.enumerator(CardVariety::standard, CardVariety::social_security);
  card.scheme = in.enumerator(Scheme::unknown, kLastScheme);
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
  out.raw(device.salt);
  out.raw(device.fingerprint);
  out.boolean(device.has_sim);
  if (device.has_sim) out.raw(device.sim);
  out.bytes(device.public_key);
  out.time(device.bound_at);
}

Device read_device(BinaryReader& in) {
  Device device;
  device.id = in.id<DeviceKind>();
  device.name = in.text();
  in.raw(device.salt);
  in.raw(device.fingerprint);
  device.has_sim = in.boolean();
  if (device.has_sim) in.raw(device.sim);
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
  write_list(out, credential.in_flight, [](BinaryWriter& to, const Charge& charge) {
    to.id(charge.id);
    to.id(charge.device);
    to.time(charge.taken_at);
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
  credential.in_flight = read_list<Charge>(in, [](BinaryReader& from) {
    Charge charge;
    charge.id = from.id<ChargeKind>();
    charge.device = from.id<DeviceKind>();
    charge.taken_at = from.time();
    return charge;
  });
  return credential;
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
  write_digest(out, answer.key);
  out.raw(answer.request);
  out.time(answer.at);
  out.text(answer.body);
  out.text(answer.location);
}

RememberedAnswer read_answer(BinaryReader& in) {
  RememberedAnswer answer;
  answer.key = read_digest(in);
  in.raw(answer.request);
  answer.at = in.time();
  answer.body = in.text();
  answer.location = in.text();
  return answer;
}

Error unreadable(const WalletId& id, const std::string& why) {
  return make_error(ErrorCode::record_corrupt, "A stored record cannot be opened.",
                    OperatorText{"wallet " + id.text() + ": opened, but " + why});
}

}  // namespace

Bytes encode_wallet(const Wallet& wallet) {
  BinaryWriter out;
  out.number(kLayout);
  write_digest(out, wallet.subject);
  out.text(wallet.subject_text);
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

bool has_known_layout(ByteView bytes) {
  return BinaryReader(bytes).number() == kLayout;
}

Result<Wallet> decode_wallet(const WalletId& id, ByteView bytes) {
  BinaryReader in(bytes);
  if (const std::uint64_t layout = in.number(); layout != kLayout) {
    return fail(unreadable(id, "has layout " + std::to_string(layout) + ", not " +
                                   std::to_string(kLayout) + ": another version wrote it"));
  }
  Wallet wallet;
  wallet.id = id;
  wallet.subject = read_digest(in);
  wallet.subject_text = in.text();
  wallet.locale = in.text();
  wallet.state = in.enumerator(WalletState::active, WalletState::closed);
  wallet.created_at = in.time();
  wallet.epoch = in.number_as<std::uint32_t>();
  wallet.list_version = in.number();
  wallet.cards = read_list<Card>(in, read_card);
  wallet.devices = read_list<Device>(in, read_device);
  wallet.credentials = read_list<Credential>(in, read_credential);
  wallet.deregistrations = read_list<Deregistration>(in, read_deregistration);
  wallet.revoked_tokens = read_list<RevokedToken>(in, read_revoked_token);
  wallet.answers = read_list<RememberedAnswer>(in, read_answer);
  wallet.audit.seq = in.number();
  in.raw(wallet.audit.link);
  if (!in.finished()) return fail(unreadable(id, "is damaged"));
  return wallet;
}

}  // namespace cardvault
