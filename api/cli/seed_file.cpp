#include "api/cli/seed_file.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "api/handlers/creations.h"
#include "api/json/body.h"
#include "vault/access/manage_credentials.h"

namespace cardvault::api {
namespace {

constexpr std::size_t kMostWallets = 1000;

/// Reads object by object and collects all errors.
class SeedReader {
 public:
  SeedFile read(Body& body) {
    SeedFile file;
    if (auto clients = body.take_object("client")) {
      file.client = read_client_request(*clients);
      finish("client", *clients);
    }
    auto wallets = body.take_objects("wallets", kMostWallets);
    for (std::size_t i = 0; i < wallets.size(); ++i) {
      file.wallets.push_back(read_wallet(place("", "wallets", i), wallets[i]));
    }
    finish("", body);
    return file;
  }

  [[nodiscard]] Status outcome() const {
    if (wrong_.empty()) return {};
    Error error =
        make_error(ErrorCode::invalid_request,
                   "Members of the file are not valid. Correct the members listed below.");
    error.fields = wrong_;
    return fail(std::move(error));
  }

 private:
  static std::string place(const std::string& within, std::string_view list, std::size_t number) {
    std::string path = within.empty() ? "" : within + ".";
    path += list;
    return path + "[" + std::to_string(number) + "]";
  }

  void refuse(const std::string& path, const Error& error) {
    if (error.fields.empty()) wrong_.push_back({path, std::string(error.code.name)});
    for (const FieldError& one : error.fields) {
      wrong_.push_back(
          {path.empty() ? one.field : path + "." + one.field, one.reason, one.allowed});
    }
  }
  void finish(const std::string& path, const Body& body) {
    if (const auto finished = body.finish(); !finished) refuse(path, finished.error());
  }

  /// Each id and subject may occur only once; a duplicate is a mistake in the file.
  void only_once(Body& body, std::string_view member, std::string_view value) {
    if (!value.empty() && !seen_.insert(std::string(value)).second)
      body.refuse(member, "duplicate");
  }

  template <class AnyId>
  AnyId read_id(Body& body) {
    const std::string text = body.word("id", 64);
    const auto id = AnyId::parse(text);
    if (!id && !text.empty()) body.refuse("id", "invalid_format");
    only_once(body, "id", text);
    return id.value_or(AnyId());
  }

  SeedWallet read_wallet(const std::string& path, Body& body) {
    SeedWallet seed;
    seed.wallet = read_new_wallet(body);
    seed.wallet.id = read_id<WalletId>(body);
    only_once(body, "subject", seed.wallet.subject);
    seed.password = read_credential(path, body, UnlockMethod::password);
    seed.gesture = read_credential(path, body, UnlockMethod::gesture);
    auto devices = body.take_objects("devices", kMaxDevices);
    for (std::size_t i = 0; i < devices.size(); ++i) {
      seed.devices.push_back(read_new_device(devices[i]));
      seed.devices.back().id = read_id<DeviceId>(devices[i]);
      finish(place(path, "devices", i), devices[i]);
    }
    auto cards = body.take_objects("cards", kMaxCards);
    for (std::size_t i = 0; i < cards.size(); ++i) {
      read_card(place(path, "cards", i), cards[i], seed.cards);
    }
    finish(path, body);
    return seed;
  }

  void read_card(const std::string& path, Body& body, std::vector<NewCard>& cards) {
    CardMembers members = read_card_members(body);
    const CardId id = read_id<CardId>(body);
    const bool has_number = members.pan.size() > 0;
    finish(path, body);
    if (!has_number) return;
    auto card = parse_new_card(std::move(members));
    if (!card) return refuse(path, card.error());
    card->id = id;
    cards.push_back(std::move(*card));
  }

  std::optional<SecretText> read_credential(const std::string& path, Body& body,
                                            UnlockMethod method) {
    auto secret = body.maybe_secret(method_name(method), kLongestSecretBytes);
    if (!secret || secret->size() == 0) return secret;
    if (const auto good = check_new_secret(method, *secret); !good) refuse(path, good.error());
    return secret;
  }

  std::vector<FieldError> wrong_;
  std::set<std::string> seen_;
};

}  // namespace

Result<SeedFile> parse_seed_file(std::string_view text) {
  TRY_VALUE(auto body, Body::parse(text));
  SeedReader reader;
  SeedFile file = reader.read(body);
  TRY(reader.outcome());
  return file;
}

}  // namespace cardvault::api
