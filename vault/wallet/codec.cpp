#include "vault/wallet/codec.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "vault/wallet/binary_list.h"
#include "vault/wallet/deregistration_codec.h"

namespace cardvault {
namespace {

constexpr std::uint64_t kFirstLayout = 1;
// Before 3: no subject text, no key ids beside digests, devices without salt, and a SIM's digest
// where there is no SIM.
constexpr std::uint64_t kSecondLayout = 2;
// Before 4: no charges in flight; a try was kept as failed until it was known to be right.
constexpr std::uint64_t kThirdLayout = 3;
constexpr std::uint64_t kLayout = 4;

void write_digest(BinaryWriter& out, const KeyedDigest& digest) {
  out.raw(digest.value);
  out.number(digest.key);
}

KeyedDigest read_digest(BinaryReader& in, std::uint64_t layout) {
  KeyedDigest digest;
  in.raw(digest.value);
  if (layout > kSecondLayout) digest.key = in.number_as<KeyId>();
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

/// What a version up to layout 3 read off a card's number: it knew fewer schemes, and kept six
/// digits of short numbers too, which with the last four leave too few hidden. Visa's 13 digits do
/// not count: they are not issued any more.
void read_anew(Card& card) {
  constexpr std::uint32_t kShortNumbers = (1U << 12U) | (1U << 14U) | (1U << 15U);
  if (card.first6.size() != 6 || !std::ranges::all_of(card.first6, is_digit)) return;
  const SchemeMatch match = match_scheme(card.first6);
  card.scheme = match.scheme;
  if ((match.lengths & kShortNumbers) != 0) card.first6.clear();
}

Card read_card(BinaryReader& in, std::uint64_t layout) {
  Card card;
  card.id = in.id<CardKind>();
  card.fingerprint = read_digest(in, layout);
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
  if (layout <= kThirdLayout) read_anew(card);
  return card;
}

void write_device(BinaryWriter& out, const Device& device) {
  out.id(device.id);
  out.text(device.name);
  out.boolean(device.salt.has_value());
  if (device.salt) out.raw(*device.salt);
  out.raw(device.fingerprint);
  out.boolean(device.has_sim);
  if (device.has_sim) out.raw(device.sim);
  out.bytes(device.public_key);
  out.time(device.bound_at);
}

Device read_device(BinaryReader& in, std::uint64_t layout) {
  Device device;
  device.id = in.id<DeviceKind>();
  device.name = in.text();
  if (layout > kSecondLayout && in.boolean()) in.raw(device.salt.emplace());
  in.raw(device.fingerprint);
  device.has_sim = in.boolean();
  if (device.has_sim || layout <= kSecondLayout) in.raw(device.sim);
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

Credential read_credential(BinaryReader& in, std::uint64_t layout) {
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
  if (layout <= kThirdLayout) return credential;
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

RememberedAnswer read_answer(BinaryReader& in, std::uint64_t layout) {
  RememberedAnswer answer;
  answer.key = read_digest(in, layout);
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

Result<Wallet> decode_wallet(const WalletId& id, ByteView bytes) {
  BinaryReader in(bytes);
  const std::uint64_t layout = in.number();
  Wallet wallet;
  wallet.id = id;
  wallet.subject = read_digest(in, layout);
  if (layout > kSecondLayout) wallet.subject_text = in.text();
  wallet.locale = in.text();
  wallet.state = in.enumerator(WalletState::active, WalletState::closed);
  wallet.created_at = in.time();
  wallet.epoch = in.number_as<std::uint32_t>();
  wallet.list_version = in.number();
  const auto of_layout = [layout](auto read) {
    return [layout, read](BinaryReader& from) { return read(from, layout); };
  };
  wallet.cards = read_list<Card>(in, of_layout(read_card));
  wallet.devices = read_list<Device>(in, of_layout(read_device));
  wallet.credentials = read_list<Credential>(in, of_layout(read_credential));
  wallet.deregistrations = read_list<Deregistration>(
      in, layout == kFirstLayout ? read_first_deregistration : read_deregistration);
  wallet.revoked_tokens = read_list<RevokedToken>(in, read_revoked_token);
  wallet.answers = read_list<RememberedAnswer>(in, of_layout(read_answer));
  wallet.audit.seq = in.number();
  in.raw(wallet.audit.link);
  if (layout < kFirstLayout || layout > kLayout || !in.finished()) {
    return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.",
                OperatorText{"wallet " + id.text() + ": opened, but its layout is not known"});
  }
  return wallet;
}

}  // namespace cardvault
