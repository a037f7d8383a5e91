#include "older_wallet.h"

#include <algorithm>

#include "vault/wallet/binary_list.h"
#include "vault/wallet/deregistration_codec.h"

namespace cardvault::test {
namespace {

/// As a version wrote that knew this layout, 2 or 3, as its newest one.
class OlderWriter {
 public:
  explicit OlderWriter(std::uint64_t layout) : layout_(layout) { out_.number(layout); }

  Bytes write(const Wallet& wallet) {
    digest(wallet.subject);
    if (layout_ > 2) out_.text(wallet.subject_text);
    out_.text(wallet.locale);
    out_.enumerator(wallet.state);
    out_.time(wallet.created_at);
    out_.number(wallet.epoch);
    out_.number(wallet.list_version);
    write_list(out_, wallet.cards, [this](auto&, const Card& one) { card(one); });
    write_list(out_, wallet.devices, [this](auto&, const Device& one) { device(one); });
    write_list(out_, wallet.credentials, [this](auto&, const Credential& one) { credential(one); });
    write_list(out_, wallet.deregistrations, write_deregistration);
    write_list(out_, wallet.revoked_tokens, [this](auto&, const RevokedToken& one) {
      out_.id(one.id);
      out_.time(one.expires_at);
    });
    write_list(out_, wallet.answers, [this](auto&, const RememberedAnswer& one) { answer(one); });
    out_.number(wallet.audit.seq);
    out_.raw(wallet.audit.link);
    return out_.take();
  }

 private:
  void digest(const KeyedDigest& digest) {
    out_.raw(digest.value);
    if (layout_ > 2) out_.number(digest.key);
  }
  void card(const Card& card) {
    out_.id(card.id);
    digest(card.fingerprint);
    out_.text(card.bank_code);
    out_.enumerator(card.funding);
    out_.enumerator(card.kind);
    out_.enumerator(card.scheme);
    out_.boolean(card.luhn_valid);
    out_.text(card.first6);
    out_.text(card.last4);
    out_.text(card.nickname);
    out_.boolean(card.is_default);
    out_.number(card.channels.bits());
    out_.time(card.bound_at);
  }
  void device(const Device& device) {
    out_.id(device.id);
    out_.text(device.name);
    if (layout_ > 2) out_.boolean(device.salt.has_value());
    if (layout_ > 2 && device.salt) out_.raw(*device.salt);
    out_.raw(device.fingerprint);
    out_.boolean(device.has_sim);
    if (layout_ <= 2 || device.has_sim) out_.raw(device.sim);
    out_.bytes(device.public_key);
    out_.time(device.bound_at);
  }
  void credential(const Credential& credential) {
    out_.enumerator(credential.method);
    out_.number(credential.pepper);
    out_.bytes(credential.verifier);
    out_.time(credential.set_at);
    out_.number(credential.consecutive_failures);
    write_list(out_, credential.attempts, [this](auto&, const Attempts& one) {
      out_.id(one.device);
      out_.number(one.failures);
      out_.maybe_time(one.locked_until);
    });
  }
  void answer(const RememberedAnswer& answer) {
    digest(answer.key);
    out_.raw(answer.request);
    out_.time(answer.at);
    out_.text(answer.body);
    out_.text(answer.location);
  }

  std::uint64_t layout_;
  BinaryWriter out_;
};

const Key& first_key(const Keyring& keyring, Purpose purpose) {
  return std::ranges::find_if(keyring.keys(),
                              [&](const auto& entry) { return entry.second.purpose == purpose; })
      ->second;
}

}  // namespace

Bytes encode_layout_2(const Wallet& wallet) {
  Wallet older = wallet;
  older.deregistrations.clear();
  older.revoked_tokens.clear();
  return OlderWriter(2).write(older);
}

Bytes encode_layout_3(const Wallet& wallet) {
  return OlderWriter(3).write(wallet);
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
