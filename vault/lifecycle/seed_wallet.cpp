#include "vault/lifecycle/seed_wallet.h"

#include <algorithm>
#include <utility>

#include "vault/access/manage_credentials.h"
#include "vault/access/wallet_access.h"
#include "vault/change/pan_record.h"
#include "vault/closing/wallet_closures.h"
#include "vault/wallet/error_codes.h"

namespace cardvault {
namespace {

std::unexpected<Error> conflict(std::string id) {
  return fail(invalid_field(std::move(id), "conflict"));
}

/// Stands in for the rendered answer of a step, because seeding has no caller who needs it.
Answer no_answer(const auto&...) {
  return {};
}

/// Counts the thing that a step below has added. If the thing existed already, that is a conflict;
/// other errors are returned.
Status added(Result<Answer> answer, std::string id, Seeded& seeded) {
  if (!answer && !answer.error().existing_id.empty()) return conflict(std::move(id));
  if (!answer) return fail(std::move(answer.error()));
  ++seeded.added;
  return {};
}

class Seeding {
 public:
  Seeding(const WholeVault& vault, const Actor& actor, const SeedWallet& wanted)
      : vault_(vault), actor_(actor), wanted_(wanted), id_(*wanted.wallet.id) {}

  Result<Seeded> run() {
    TRY_VALUE(const auto found, find_or_create());
    if (found.state != WalletState::active) {
      tell(id_.text(), std::string(wallet_state_name(found.state)));
      return std::move(seeded_);
    }
    for (const NewDevice& device : wanted_.devices) {
      TRY(seed(found, device));
    }
    for (const NewCard& card : wanted_.cards) {
      TRY(seed(found, card));
    }
    TRY(seed(found, UnlockMethod::password, wanted_.password));
    TRY(seed(found, UnlockMethod::gesture, wanted_.gesture));
    return std::move(seeded_);
  }

 private:
  Result<Wallet> find_or_create() {
    auto opened = open_wallet(vault_, id_);
    if (!opened && opened.error().code != WalletError::wallet_not_found)
      return fail(opened.error());
    if (!opened) return create();
    TRY_VALUE(const auto subject, subject_digests(vault_, wanted_.wallet.subject));
    // A closed wallet keeps its subject's digest, and a change of keys does not renew it.
    const bool comparable = opened->wallet.state != WalletState::closed;
    if (comparable && !subject.has(opened->wallet.subject.value)) return conflict(id_.text());
    ++seeded_.present;
    if (opened->wallet.locale != wanted_.wallet.locale) tell(id_.text() + " locale", "changed");
    return std::move(opened->wallet);
  }

  Result<Wallet> create() {
    TRY_VALUE(const auto created,
              create_wallet(vault_, actor_, wanted_.wallet, std::nullopt, no_answer<Wallet>));
    if (!created.created) return conflict(id_.text());
    ++seeded_.added;
    TRY_VALUE(auto opened, open_wallet(vault_, id_));
    return std::move(opened.wallet);
  }

  Status seed(const Wallet& wallet, const NewDevice& device) {
    const Device* present = find_device(wallet, *device.id);
    if (present == nullptr) {
      return added(bind_device(vault_, id_, actor_, device, std::nullopt, no_answer<Device>),
                   device.id->text(), seeded_);
    }
    const DeviceLikeness likeness(device);
    if (!likeness.same_in_all(*present)) return conflict(device.id->text());
    ++seeded_.present;
    return {};
  }

  Status seed(const Wallet& wallet, const NewCard& card) {
    const Card* present = wallet.find_card(*card.id);
    if (present == nullptr && find_deregistration_of(wallet, *card.id) != nullptr) {
      tell(card.id->text(), "deregistered");
      return {};
    }
    if (present == nullptr) {
      return added(import_card(vault_, id_, actor_, card, std::nullopt, no_answer<Wallet, Card>),
                   card.id->text(), seeded_);
    }
    TRY_VALUE(const auto number, pan_fingerprints(vault_, card.pan));
    if (!number.has(present->fingerprint.value)) return conflict(card.id->text());
    ++seeded_.present;
    if (present->channels != card.channels) tell(card.id->text() + " channels", "changed");
    return {};
  }

  Status seed(const Wallet& wallet, UnlockMethod method, const std::optional<SecretText>& secret) {
    if (!secret) return {};
    const Credential* present = find_credential(wallet, method);
    if (present == nullptr) {
      TRY(set_credential(vault_, id_, actor_, method, *secret));
      ++seeded_.added;
      return {};
    }
    TRY_VALUE(const auto same, is_secret_of(*present, *secret));
    ++seeded_.present;
    const std::string what = id_.text() + " " + std::string(method_name(method));
    if (present->is_void() || !same) tell(what, present->is_void() ? "void" : "changed");
    return {};
  }

  Result<bool> is_secret_of(const Credential& credential, const SecretText& secret) {
    TRY_VALUE(const auto pepper, vault_.keyring.find(Purpose::pepper, credential.pepper));
    TRY_VALUE(const auto normalized, normalized_secret(credential.method, secret));
    TRY(vault_.access.gate.enter());
    return check_verifier(credential.verifier, normalized, pepper->material.expose());
  }

  void tell(std::string what, std::string how) {
    seeded_.differences.push_back({std::move(what), std::move(how)});
  }

  const WholeVault& vault_;
  const Actor& actor_;
  const SeedWallet& wanted_;
  const WalletId id_;
  Seeded seeded_;
};

}  // namespace

Result<Seeded> seed_wallet(const WholeVault& vault, const Actor& actor, const SeedWallet& wanted) {
  return Seeding(vault, actor, wanted).run();
}

}  // namespace cardvault
