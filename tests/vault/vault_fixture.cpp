#include "tests/vault/vault_fixture.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "crypto/webhook_signature.h"

namespace cardvault::test {
namespace {

template <class AnyId>
AnyId id_in(const Result<Answer>& answer) {
  REQUIRE(code_of(answer) == "ok");
  return AnyId::parse(answer->body).value();
}

}  // namespace

Pan pan(std::string_view digits) {
  return Pan::parse(SecretText(digits)).value();
}

Digest digest_of(std::string_view text) {
  return plain_hash(as_bytes(text));
}

Idempotency idempotency(std::string_view key, std::string_view body) {
  return {.key = KeyedDigests({{digest_of(key), 1}}),
          .request = KeyedDigests({{digest_of(body), 1}})};
}

const ChannelDirectory& fixture_channels() {
  static const ChannelDirectory kChannels = [] {
    std::string list;
    for (const std::string_view name : kChannelNames) {
      list += std::string(list.empty() ? "" : ",") + R"({"name":")" + std::string(name) +
              R"(","close_url":"https://channel.test/)" + std::string(name) + '"';
      if (name == "official_account") {
        const Bytes seed(kEd25519SeedSize, 7);
        list += R"(,"completion":"callback","acknowledge_within_s":3600,"callback_key":")" +
                webhook_public_key(ed25519_public_key(seed)) + '"';
      }
      list += '}';
    }
    return ChannelDirectory::parse(R"({"channels":[)" + list + "]}").value();
  }();
  return kChannels;
}

VaultFixture::VaultFixture(std::unique_ptr<WalletStore> kept_in) : inner(std::move(kept_in)) {
  std::ifstream calendar(CARDVAULT_SOURCE_DIR "/config/calendars/cn-2026.json");
  auto working_days = std::make_shared<WorkingDays>();
  REQUIRE(code_of(working_days->add(std::string{std::istreambuf_iterator<char>(calendar), {}})) ==
          "ok");
  deadlines->use(working_days);
  for (const auto& file :
       std::filesystem::directory_iterator(CARDVAULT_SOURCE_DIR "/config/banks")) {
    if (file.path().extension() != ".json") continue;
    std::ifstream in(file.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    REQUIRE(code_of(banks.add(text)) == "ok");
  }
}

WalletId VaultFixture::make_wallet(std::string_view subject) {
  return id_in<WalletId>(create(subject));
}

DeviceId VaultFixture::make_device(const WalletId& wallet, std::string_view print) {
  return id_in<DeviceId>(bind(wallet, print));
}

CardId VaultFixture::make_card(const WalletId& wallet, std::string_view digits,
                               ChannelSet channels) {
  return id_in<CardId>(import(wallet, digits, {}, channels));
}

void VaultFixture::set_password(const WalletId& wallet, std::string_view password) {
  REQUIRE(code_of(set_credential(vault, wallet, actor, UnlockMethod::password,
                                 SecretText(password))) == "ok");
}

void VaultFixture::set_gesture(const WalletId& wallet, std::string_view gesture) {
  REQUIRE(code_of(set_credential(vault, wallet, actor, UnlockMethod::gesture,
                                 SecretText(gesture))) == "ok");
}

Result<Answer> VaultFixture::create(std::string_view subject,
                                    const std::optional<Idempotency>& key) {
  return create_wallet(vault, actor, {.subject = std::string(subject), .locale = "zh-CN"}, key,
                       [](const Wallet& made) { return Answer{.body = made.id.text()}; });
}

Result<Answer> VaultFixture::bind(const WalletId& wallet, std::string_view print,
                                  const std::optional<Idempotency>& key) {
  const NewDevice wanted{
      .name = "phone", .fingerprint = SecretText(print), .sim = {}, .public_key = {}};
  return bind_device(vault, wallet, actor, wanted, key,
                     [](const Device& device) { return Answer{.body = device.id.text()}; });
}

Result<Answer> VaultFixture::import(const WalletId& wallet, std::string_view digits,
                                    const std::optional<Idempotency>& key, ChannelSet channels) {
  const NewCard wanted{.pan = pan(digits), .channels = channels};
  return import_card(vault, wallet, actor, wanted, key, [](const Wallet&, const Card& card) {
    return Answer{.body = card.id.text()};
  });
}

Result<Answer> VaultFixture::deregister(const WalletId& wallet, const CardId& card,
                                        const std::optional<Idempotency>& key) {
  return deregister_card(vault, wallet, actor, card, "lost", key,
                         [](const Deregistration& made) { return Answer{.body = made.id.text()}; });
}

Deregistration VaultFixture::ended(const WalletId& wallet, const CardId& card) {
  return deregistration(wallet, id_in<DeregistrationId>(deregister(wallet, card)));
}

Deregistration VaultFixture::deregistration(const WalletId& wallet, const DeregistrationId& id) {
  auto found = read_deregistration(vault, wallet, id);
  REQUIRE(code_of(found) == "ok");
  return std::move(*found);
}

Result<IssuedToken> VaultFixture::try_unlock(const WalletId& wallet, const DeviceId& device,
                                             std::string_view secret, UnlockMethod method) {
  return unlock(vault, wallet, actor,
                {.device = device, .method = method, .secret = SecretText(secret)});
}

Result<IssuedToken> VaultFixture::token(const WalletId& wallet, TokenRequest request) {
  if (request.scopes.empty()) request.scopes = ScopeSet{Scope::cards_list};
  IssuedToken issued;
  const auto answer =
      issue_token(vault, wallet, actor, request, {}, [&](const IssuedToken& made) -> Answer {
        issued = made;
        return {};
      });
  if (!answer) return fail(answer.error());
  return issued;
}

IssuedToken VaultFixture::list_token(const WalletId& wallet, const DeviceId& device) {
  auto issued = token(wallet, {.device = device, .scopes = {}});
  REQUIRE(code_of(issued) == "ok");
  return std::move(*issued);
}

Result<Viewer> VaultFixture::view(const IssuedToken& issued, Scope scope) {
  return admit_viewer(vault, issued.token, issued.claims.device.text(), scope);
}

KeyId VaultFixture::rotate(Purpose purpose) {
  const KeyId key = add_key(purpose);
  Keyring promoted = keyring.snapshot()->clone();
  promoted.promote(key, clock.now());
  keyring.install(std::move(promoted));
  return key;
}

KeyId VaultFixture::add_key(Purpose purpose) {
  Keyring next = keyring.snapshot()->clone();
  const auto key = next.add(purpose, clock.now(), random);
  REQUIRE(code_of(key) == "ok");
  keyring.install(std::move(next));
  return *key;
}

Status VaultFixture::set_key_state(KeyId key, KeyState state) {
  Keyring next = keyring.snapshot()->clone();
  auto set = next.set_state(key, state, clock.now());
  if (set) keyring.install(std::move(next));
  return set;
}

KeyId VaultFixture::current_key(Purpose purpose) const {
  return keyring.current(purpose).value()->id;
}

Wallet VaultFixture::wallet(const WalletId& id) {
  auto opened = open_wallet(vault, id);
  REQUIRE(code_of(opened) == "ok");
  return std::move(opened->wallet);
}

std::uint64_t VaultFixture::version(const WalletId& id) {
  return inner->load(id).value().value().version;
}

std::vector<std::string> VaultFixture::actions(const WalletId& id) {
  const auto page = read_audit(vault, id, 0, 1000);
  REQUIRE(code_of(page) == "ok");
  std::vector<std::string> words;
  for (const AuditEntry& entry : page->entries) words.push_back(entry.action);
  return words;
}

}  // namespace cardvault::test
