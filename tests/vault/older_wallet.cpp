#include "older_wallet.h"

#include <algorithm>

#include "vault/wallet/binary_list.h"

namespace cardvault::test {
namespace {

void write_older_card(BinaryWriter& out, const Card& card) {
  out.id(card.id);
  out.raw(card.fingerprint.value);
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

void write_older_device(BinaryWriter& out, const Device& device) {
  out.id(device.id);
  out.text(device.name);
  out.raw(device.fingerprint);
  out.boolean(device.has_sim);
  out.raw(device.sim);
  out.bytes(device.public_key);
  out.time(device.bound_at);
}

void write_older_credential(BinaryWriter& out, const Credential& credential) {
  out.enumerator(credential.method);
  out.number(credential.pepper);
  out.bytes(credential.verifier);
  out.time(credential.set_at);
  out.number(credential.consecutive_failures);
  out.number(0);
}

void write_older_answer(BinaryWriter& out, const RememberedAnswer& answer) {
  out.raw(answer.key.value);
  out.raw(answer.request);
  out.time(answer.at);
  out.text(answer.body);
  out.text(answer.location);
}

const Key& first_key(const Keyring& keyring, Purpose purpose) {
  return std::ranges::find_if(keyring.keys(),
                              [&](const auto& entry) { return entry.second.purpose == purpose; })
      ->second;
}

}  // namespace

Bytes encode_layout_2(const Wallet& wallet) {
  BinaryWriter out;
  out.number(2);
  out.raw(wallet.subject.value);
  out.text(wallet.locale);
  out.enumerator(wallet.state);
  out.time(wallet.created_at);
  out.number(wallet.epoch);
  out.number(wallet.list_version);
  write_list(out, wallet.cards, write_older_card);
  write_list(out, wallet.devices, write_older_device);
  write_list(out, wallet.credentials, write_older_credential);
  out.number(0);
  out.number(0);
  write_list(out, wallet.answers, write_older_answer);
  out.number(wallet.audit.seq);
  out.raw(wallet.audit.link);
  return out.take();
}

void write_as_older(VaultFixture& fixture, const WalletId& id, std::string_view print) {
  Wallet wallet = fixture.wallet(id);
  const auto keyring = fixture.keyring.snapshot();
  const ByteView key = first_key(*keyring, Purpose::subject_index).material.expose();
  for (Device& device : wallet.devices) {
    device.fingerprint = keyed_hash(key, "device", {as_bytes(print)});
  }
  const std::string owner = id.text();
  Commit commit;
  commit.wallet = id;
  commit.expected_version = fixture.version(id);
  commit.record =
      fixture.sealer.seal(Purpose::wallet_records, {"wallet", owner, ""}, encode_layout_2(wallet))
          .value();
  REQUIRE(fixture.inner->commit(commit) == CommitOutcome::committed);
}

}  // namespace cardvault::test
