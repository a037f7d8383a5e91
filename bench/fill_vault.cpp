// bench_fill_vault DIR WALLETS KNOWN [ENDED]: fills the vault in DIR through the store port and the
// service's own sealing. If CARDVAULT_STORE is set, the wallets go to that store. Each wallet has
// one device, one gesture (0-1-2-5-8) and five cards. For KNOWN wallets, evenly spread, it prints a
// line "wallet device token". The first ENDED wallets also have a sixth card, which is deregistered
// and has seven channels to close.

#include <array>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "api/app/data_directory.h"
#include "api/app/offline_vault.h"
#include "crypto/random.h"
#include "vault/access/manage_credentials.h"
#include "vault/access/view_token.h"
#include "vault/cards/bind_card.h"
#include "vault/cards/wallet_cards.h"
#include "vault/change/pan_record.h"
#include "vault/change/wallet_change.h"
#include "vault/closing/wallet_closures.h"
#include "vault/closing/working_days.h"

namespace {

using namespace cardvault;

/// This many commits share one sync of the disk.
constexpr std::uint64_t kThreads = 256;
/// So far ahead that no closure is due before the benchmark moves the clock.
constexpr Seconds kEndedAhead{600};

struct SampleCard {
  std::string_view digits;
  std::string_view bank_code;
  Scheme scheme;
  Funding funding;
};

// Published test numbers.
constexpr std::array<SampleCard, 5> kCards{{
    {"4111111111111111", "", Scheme::visa, Funding::unknown},
    {"5555555555554444", "", Scheme::mastercard, Funding::unknown},
    {"6226090000000048", "CMB", Scheme::unionpay, Funding::debit},
    {"6221558812340000", "PAB", Scheme::unionpay, Funding::credit},
    {"6216261000000000018", "PAB", Scheme::unionpay, Funding::debit},
}};

/// Stands in for the keyed hash of a subject. It counts up, so that the index of a large vault
/// fills quickly; no list view reads it.
Digest numbered_digest(std::uint64_t number) {
  Digest digest{};
  for (std::size_t i = 0; i < 8; ++i) {
    digest.at(i) = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  }
  return digest;
}

/// Key material for a wallet's digests.
struct Hashes {
  KeyId subject = 0;
  std::vector<KeyedDigest> fingerprints = {};  ///< of kCards
};

class Filler {
 public:
  Filler(const ClosingVault& vault, Hashes hashes, Credential credential, std::uint64_t wallets,
         std::uint64_t known, std::uint64_t ended)
      : vault_(vault),
        hashes_(std::move(hashes)),
        credential_(std::move(credential)),
        wallets_(wallets),
        known_(known),
        ended_(ended) {}

  /// Returns false if a commit or a token failed.
  bool run() {
    std::vector<std::jthread> workers;
    workers.reserve(kThreads);
    for (std::uint64_t i = 0; i < kThreads; ++i) workers.emplace_back([this] { work(); });
    workers.clear();
    // Tokens are made last, because filling a large vault takes longer than a token lives.
    for (const TokenClaims& claims : tokens_) print(claims);
    return !failed_;
  }

 private:
  void work() {
    for (auto number = next_++; number < wallets_ && !failed_; number = next_++) {
      const Wallet wallet = make_wallet(number);
      if (!commit(wallet)) failed_ = true;
      if (known_ * (number + 1) / wallets_ > known_ * number / wallets_) remember(wallet);
    }
  }

  Wallet make_wallet(std::uint64_t number) {
    const Time now = vault_.clock.now();
    Wallet wallet;
    wallet.id = WalletId::make(now, vault_.random);
    wallet.subject = {numbered_digest(number), hashes_.subject};
    wallet.subject_text = "bench-" + std::to_string(number);
    wallet.created_at = now;
    Device device;
    device.id = DeviceId::make(now, vault_.random);
    device.name = "phone";
    device.salt = DeviceSalt{};
    device.fingerprint = wallet.subject.value;
    device.bound_at = now;
    wallet.devices.push_back(std::move(device));
    wallet.credentials.push_back(credential_);
    for (std::size_t i = 0; i < kCards.size(); ++i) {
      Card card = make_card(kCards.at(i), hashes_.fingerprints.at(i));
      bind(wallet, std::move(card));
    }
    if (number < ended_) end_a_card(wallet);
    return wallet;
  }

  void end_a_card(Wallet& wallet) {
    Card card = make_card(kCards.front(), {numbered_digest(0), hashes_.fingerprints.front().key});
    card.channels = ChannelSet((1U << kChannelNames.size()) - 1);
    Deregistration ending;
    ending.id = DeregistrationId::make(card.bound_at, vault_.random);
    ending.card = card.id;
    ending.reason = "bench";
    ending.requested_at = card.bound_at + kEndedAhead;
    ending.deadline = vault_.deadlines.after(card.bound_at).at;
    bind(wallet, std::move(card));
    if (!end_card(wallet, std::move(ending))) failed_ = true;
  }

  void bind(Wallet& wallet, Card card) {
    const KeyedDigests number({card.fingerprint});
    if (!add_card(wallet, std::move(card), number)) failed_ = true;
  }

  Card make_card(const SampleCard& sample, const KeyedDigest& fingerprint) {
    Card card;
    card.bound_at = vault_.clock.now();
    card.id = CardId::make(card.bound_at, vault_.random);
    card.fingerprint = fingerprint;
    card.bank_code = sample.bank_code;
    card.funding = sample.funding;
    card.scheme = sample.scheme;
    card.first6 = sample.digits.substr(0, 6);
    card.last4 = sample.digits.substr(sample.digits.size() - 4);
    return card;
  }

  bool commit(Wallet wallet) {
    WalletChange change(vault_, actor_, wallet.created_at);
    change.audit("wallet.created");
    change.add_index.push_back({IndexKind::subject, wallet.subject.value});
    for (std::size_t i = 0; i < kCards.size(); ++i) {
      const Card& card = wallet.cards.at(i);
      const auto pan = Pan::parse(SecretText(kCards.at(i).digits));
      if (!pan) return false;
      auto sealed = PanRecord(vault_, wallet.id, card.id).seal(*pan, std::nullopt, std::nullopt);
      if (!sealed) return false;
      change.put_pans.emplace_back(card.id, std::move(*sealed));
      change.add_index.push_back({IndexKind::pan_fingerprint, card.fingerprint.value});
      change.audit("card.bound", {{"card", card.id.text()}, {"how", "import"}});
    }
    const auto commit = change.into_commit(wallet, 0);
    if (!commit) return false;
    const auto outcome = vault_.store.commit(*commit);
    return outcome && *outcome == CommitOutcome::committed;
  }

  void remember(const Wallet& wallet) {
    const TokenClaims claims{.wallet = wallet.id,
                             .device = wallet.devices.front().id,
                             .id = TokenId::make(wallet.created_at, vault_.random),
                             .scopes = ScopeSet{Scope::cards_list},
                             .epoch = wallet.epoch};
    const std::scoped_lock lock(remembering_);
    tokens_.push_back(claims);
  }

  void print(TokenClaims claims) {
    claims.issued_at = vault_.clock.now();
    claims.expires_at = claims.issued_at + kLongestTokenLife;
    const auto token = mint_token(vault_.keyring, claims, vault_.random);
    if (!token) {
      failed_ = true;
      return;
    }
    std::printf("%s %s %s\n", claims.wallet.text().c_str(), claims.device.text().c_str(),
                token->c_str());
  }

  const ClosingVault& vault_;
  const Hashes hashes_;
  const Actor actor_{"client:bench"};
  const Credential credential_;
  const std::uint64_t wallets_;
  const std::uint64_t known_;
  const std::uint64_t ended_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex remembering_;
  std::vector<TokenClaims> tokens_;  ///< still without their times
};

Result<Credential> make_credential(const LiveKeyring& keyring, Time now, RandomSource& random) {
  TRY_VALUE(const auto pepper, keyring.current(Purpose::pepper));
  TRY_VALUE(const auto gesture, normalized_secret(UnlockMethod::gesture, SecretText("0-1-2-5-8")));
  TRY_VALUE(auto verifier,
            make_verifier(gesture, pepper->material.expose(), PasswordCost{}, random));
  Credential credential;
  credential.method = UnlockMethod::gesture;
  credential.pepper = pepper->id;
  credential.verifier = std::move(verifier);
  credential.set_at = now;
  return credential;
}

int report(const Error& error) {
  std::fprintf(stderr, "bench_fill_vault: %s\n  %s\n", error.detail.c_str(),
               error.inside.text.c_str());
  return 1;
}

int fill(const std::string& directory, std::uint64_t wallets, std::uint64_t known,
         std::uint64_t ended) {
  SystemRandom random;
  api::StoreOptions store;
  if (const char* url = std::getenv("CARDVAULT_STORE")) store.url = url;
  const auto offline = api::OfflineVault::open(api::DataPaths::in(directory, {}, store));
  if (!offline) return report(offline.error());
  const ClosingVault& vault = (*offline)->service().vault;
  auto credential = make_credential(vault.keyring, vault.clock.now(), random);
  if (!credential) return report(credential.error());
  const auto subject = vault.keyring.current(Purpose::subject_index);
  if (!subject) return report(subject.error());
  Hashes hashes{.subject = (*subject)->id};
  for (const SampleCard& card : kCards) {
    const auto pan = Pan::parse(SecretText(card.digits));
    if (!pan) return report(pan.error());
    const auto digests = pan_fingerprints(vault, *pan);
    if (!digests) return report(digests.error());
    hashes.fingerprints.push_back(digests->current());
  }
  if (Filler(vault, std::move(hashes), std::move(*credential), wallets, known, ended).run())
    return 0;
  std::fprintf(stderr, "bench_fill_vault: a wallet could not be written\n");
  return 1;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const bool well_formed = argc == 4 || argc == 5;
  const std::uint64_t wallets = well_formed ? number(argv[2]) : 0;
  const std::uint64_t known = well_formed ? number(argv[3]) : 0;
  const std::uint64_t ended = argc == 5 ? number(argv[4]) : 0;
  if (known == 0 || known > wallets || !init_crypto()) {
    std::fprintf(stderr, "usage: bench_fill_vault DIR WALLETS KNOWN [ENDED]\n");
    return 2;
  }
  return fill(argv[1], wallets, known, ended);
}
