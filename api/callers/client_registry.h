#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/callers/permissions.h"
#include "base/ids.h"
#include "base/result.h"
#include "crypto/keyed_hash.h"
#include "crypto/keys/record_seal.h"
#include "crypto/secret.h"
#include "vault/storage/wallet_store.h"

namespace cardvault::api {

/// A backend that may call the service.
struct Client {
  ClientId id;
  std::string name;
  PermissionSet permissions;
  Digest key_hash{};
  Time created_at{};
};

/// A new client and its client key, which is shown only once. The key is "cvk_" | the 26 characters
/// of the client id | "_" | 43 characters of base64url (256 random bits). It cannot be guessed, so
/// a plain hash of it is enough to store.
struct AddedClient {
  Client client;
  SecretText key;
};

/// The clients. They are one sealed record in the store and a snapshot in memory. Other processes
/// may change the record. A client added by another process is found when its key is first used. A
/// client removed by another process is unknown after the next refresh(); Housekeeping calls it
/// every second.
///
/// Safe from any thread. For a known client, authenticate() takes only the lock of the snapshot.
class ClientRegistry {
 public:
  /// Limit of store reads a second for unknown clients: each of their keys costs a read.
  static constexpr int kLooksASecond = 4;

  /// `store`, `sealer` and `random` must outlive the registry.
  ClientRegistry(WalletStore& store, const RecordSealer& sealer, RandomSource& random);

  /// Reads the record. Errors: record_corrupt, key_unavailable, vault_sealed, store_unavailable.
  [[nodiscard]] Status refresh();

  /// Errors: limit_reached, write_conflict; those of refresh().
  [[nodiscard]] Result<AddedClient> add(std::string name, PermissionSet permissions, Time now);
  /// Adds a client whose key was made elsewhere by a random generator. Returns false if it is
  /// already registered. Errors: client_key_invalid if `key` is not a client key; invalid_request
  /// (conflict) if its id belongs to a client with another key, name or permissions; those of
  /// add().
  [[nodiscard]] Result<bool> add_with_key(const SecretText& key, std::string name,
                                          PermissionSet permissions, Time now);
  /// Removes a client. Its key stops working at once in this process. Errors: client_key_invalid if
  /// the client does not exist; those of add() except limit_reached.
  [[nodiscard]] Status remove(const ClientId& client);

  /// Seals the record again if its key is older than the current key. Errors: write_conflict; those
  /// of refresh().
  [[nodiscard]] Status rewrap();

  /// The client of this key. An unknown client is looked up in the store, at most kLooksASecond
  /// times a second. Errors: client_key_invalid; those of refresh() if that read failed.
  [[nodiscard]] Result<Client> authenticate(std::string_view key);
  [[nodiscard]] std::vector<Client> list() const;

 private:
  struct Snapshot {
    std::uint64_t version = 0;
    KeyId sealed_under = 0;
    std::vector<Client> clients;
  };

  [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const {
    const std::scoped_lock lock(snapshot_lock_);
    return snapshot_;
  }
  void show(std::shared_ptr<const Snapshot> fresh) {
    const std::scoped_lock lock(snapshot_lock_);
    snapshot_ = std::move(fresh);
  }
  using SteadyClock = std::chrono::steady_clock;

  [[nodiscard]] Result<Snapshot> read() const;
  /// Reads the record and shows it. The caller holds `change_`, so an older state never replaces a
  /// newer one.
  [[nodiscard]] Status look();
  /// Calls look(), unless one has begun since the caller asked or the limit is reached. Returns the
  /// outcome of the last look().
  [[nodiscard]] Status look_for_stranger();
  [[nodiscard]] std::optional<Client> find(const ClientId& id) const;
  /// Adds the client to the clients stored now.
  [[nodiscard]] Status insert(const Client& client);
  /// Saves on top of `before`. Returns false if another process saved first.
  [[nodiscard]] Result<bool> save(const Snapshot& before, std::vector<Client> clients);

  WalletStore& store_;
  const RecordSealer& sealer_;
  RandomSource& random_;
  std::mutex change_;
  SteadyClock::time_point last_look_;
  Status last_outcome_;
  SteadyClock::time_point counting_since_;
  int looks_ = 0;
  // std::atomic<std::shared_ptr> is not used: its load races with its store in g++ 12's library.
  mutable std::mutex snapshot_lock_;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace cardvault::api
