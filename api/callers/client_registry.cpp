#include "api/callers/client_registry.h"

#include <algorithm>
#include <array>
#include <utility>

#include "api/callers/error_codes.h"
#include "vault/wallet/binary.h"

namespace cardvault::api {
namespace {

constexpr std::string_view kKeyPrefix = "cvk_";
constexpr std::size_t kSecretSize = 32;
constexpr std::size_t kMostClients = 1000;
constexpr std::uint64_t kLayout = 1;
constexpr int kMostRounds = 16;
constexpr RecordContext kContext{"clients", "", ""};

Bytes encode(const std::vector<Client>& clients) {
  BinaryWriter out;
  out.number(kLayout);
  out.number(clients.size());
  for (const Client& client : clients) {
    out.id(client.id);
    out.text(client.name);
    out.number(client.permissions.bits());
    out.raw(client.key_hash);
    out.time(client.created_at);
  }
  return out.take();
}

Result<std::vector<Client>> decode(ByteView bytes) {
  BinaryReader in(bytes);
  const bool known_layout = in.number() == kLayout;
  std::vector<Client> clients(in.count(kMostClients));
  for (Client& client : clients) {
    client.id = in.id<ClientKind>();
    client.name = in.text();
    client.permissions = PermissionSet(in.number_as<std::uint32_t>());
    in.raw(client.key_hash);
    client.created_at = in.time();
  }
  if (known_layout && in.finished()) return clients;
  return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.",
              OperatorText{"client registry: opened, but its layout is not known"});
}

SecretText make_key(const ClientId& id, RandomSource& random) {
  std::array<std::uint8_t, kSecretSize> secret{};
  random.fill(secret);
  std::string key(kKeyPrefix);
  id.bits().append_to(key);
  key += '_';
  std::string encoded = to_base64url(secret);
  key += encoded;
  SecretText kept{std::string_view(key)};
  wipe(secret);
  wipe(encoded);
  wipe(key);
  return kept;
}

constexpr std::size_t kIdLength = ClientId::kTextLength - ClientKind::prefix.size();

/// The client id in a key; nullopt if there is none.
std::optional<ClientId> client_of(std::string_view key) {
  if (!key.starts_with(kKeyPrefix)) return std::nullopt;
  const auto bits = IdBits::parse(key.substr(kKeyPrefix.size()).substr(0, kIdLength));
  if (!bits) return std::nullopt;
  return ClientId(*bits);
}

/// True if the part after the client id has the form that make_key() gives it.
bool has_secret(std::string_view key) {
  std::string_view rest = key.substr(kKeyPrefix.size() + kIdLength);
  if (!rest.starts_with('_')) return false;
  auto secret = from_base64url(rest.substr(1));
  if (!secret) return false;
  const bool whole = secret->size() == kSecretSize;
  wipe(*secret);
  return whole;
}

std::unexpected<Error> unknown_key() {
  return fail(CallerError::client_key_invalid, "The client key is not valid.");
}

}  // namespace

ClientRegistry::ClientRegistry(WalletStore& store, const RecordSealer& sealer, RandomSource& random)
    : store_(store), sealer_(sealer), random_(random), snapshot_(std::make_shared<Snapshot>()) {}

Result<ClientRegistry::Snapshot> ClientRegistry::read() const {
  TRY_VALUE(const auto stored, store_.load_vault_record(VaultRecord::clients));
  if (!stored) return Snapshot{};
  TRY_VALUE(const auto plain, sealer_.open(Purpose::wallet_records, kContext, stored->record));
  TRY_VALUE(auto clients, decode(plain));
  return Snapshot{stored->version, key_of(stored->record), std::move(clients)};
}

Status ClientRegistry::refresh() {
  const std::scoped_lock lock(change_);
  return look();
}

Status ClientRegistry::look() {
  last_look_ = SteadyClock::now();
  auto fresh = read();
  last_outcome_ = fresh ? Status() : fail(fresh.error());
  if (fresh) show(std::make_shared<const Snapshot>(std::move(*fresh)));
  return last_outcome_;
}

// A caller that waited for the lock uses the result of a look that began after it asked. So even if
// the store times out, a caller waits for at most two timeouts.
Status ClientRegistry::look_for_stranger() {
  const auto asked = SteadyClock::now();
  const std::scoped_lock lock(change_);
  if (last_look_ >= asked) return last_outcome_;
  if (asked - counting_since_ >= std::chrono::seconds{1}) {
    counting_since_ = asked;
    looks_ = 0;
  }
  return ++looks_ <= kLooksASecond ? look() : last_outcome_;
}

Result<bool> ClientRegistry::save(const Snapshot& before, std::vector<Client> clients) {
  TRY_VALUE(const auto sealed, sealer_.seal(Purpose::wallet_records, kContext, encode(clients)));
  TRY_VALUE(const auto outcome,
            store_.save_vault_record(VaultRecord::clients, before.version, sealed));
  if (outcome != CommitOutcome::committed) return false;
  show(std::make_shared<const Snapshot>(
      Snapshot{before.version + 1, key_of(sealed), std::move(clients)}));
  return true;
}

Status ClientRegistry::insert(const Client& client) {
  for (int round = 0; round < kMostRounds; ++round) {
    TRY_VALUE(const auto before, read());
    if (before.clients.size() >= kMostClients) {
      return fail(ErrorCode::limit_reached,
                  "The limit of " + std::to_string(kMostClients) +
                      " clients is reached. Remove one with `cardvault client remove`.");
    }
    std::vector<Client> clients = before.clients;
    clients.push_back(client);
    TRY_VALUE(const auto saved, save(before, std::move(clients)));
    if (saved) return {};
  }
  return fail(ErrorCode::write_conflict,
              "Too many changes of the client registry at once. Try again.");
}

Result<AddedClient> ClientRegistry::add(std::string name, PermissionSet permissions, Time now) {
  const std::scoped_lock lock(change_);
  Client client{.id = ClientId::make(now, random_),
                .name = std::move(name),
                .permissions = permissions,
                .created_at = now};
  SecretText key = make_key(client.id, random_);
  client.key_hash = plain_hash(as_bytes(key.expose()));
  TRY(insert(client));
  return AddedClient{std::move(client), std::move(key)};
}

Result<bool> ClientRegistry::add_with_key(const SecretText& key, std::string name,
                                          PermissionSet permissions, Time now) {
  const std::scoped_lock lock(change_);
  const auto id = client_of(key.expose());
  if (!id || !has_secret(key.expose())) return unknown_key();
  TRY(look());
  const Client client{.id = *id,
                      .name = std::move(name),
                      .permissions = permissions,
                      .key_hash = plain_hash(as_bytes(key.expose())),
                      .created_at = now};
  const auto present = find(*id);
  if (!present) {
    const auto inserted = insert(client);
    return inserted ? Result<bool>(true) : fail(inserted.error());
  }
  const bool same = present->name == client.name && present->permissions == permissions &&
                    equal_constant_time(present->key_hash, client.key_hash);
  if (!same) return fail(invalid_field(id->text(), "conflict"));
  return false;
}

Status ClientRegistry::remove(const ClientId& client) {
  const std::scoped_lock lock(change_);
  for (int round = 0; round < kMostRounds; ++round) {
    TRY_VALUE(const auto before, read());
    std::vector<Client> clients = before.clients;
    if (std::erase_if(clients, [&](const Client& one) { return one.id == client; }) == 0) {
      return fail(CallerError::client_key_invalid,
                  "There is no such client. `cardvault client list` shows the clients.");
    }
    TRY_VALUE(const auto saved, save(before, std::move(clients)));
    if (saved) return {};
  }
  return fail(ErrorCode::write_conflict,
              "Too many changes of the client registry at once. Try again.");
}

Status ClientRegistry::rewrap() {
  const std::scoped_lock lock(change_);
  for (int round = 0; round < kMostRounds; ++round) {
    TRY_VALUE(const auto before, read());
    TRY_VALUE(const auto current, sealer_.current_key(Purpose::wallet_records));
    if (before.version == 0 || before.sealed_under >= current) return {};
    TRY_VALUE(const auto saved, save(before, before.clients));
    if (saved) return {};
  }
  return fail(ErrorCode::write_conflict,
              "Too many changes of the client registry at once. Try again.");
}

Result<Client> ClientRegistry::authenticate(std::string_view key) {
  const auto id = client_of(key);
  if (!id) return unknown_key();
  auto found = find(*id);
  if (!found) {
    TRY(look_for_stranger());
    found = find(*id);
  }
  if (!found || !equal_constant_time(found->key_hash, plain_hash(as_bytes(key)))) {
    return unknown_key();
  }
  return std::move(*found);
}

std::optional<Client> ClientRegistry::find(const ClientId& id) const {
  const auto current = snapshot();
  const auto found = std::ranges::find(current->clients, id, &Client::id);
  if (found == current->clients.end()) return std::nullopt;
  return *found;
}

std::vector<Client> ClientRegistry::list() const {
  return snapshot()->clients;
}

}  // namespace cardvault::api
