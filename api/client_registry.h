#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/permissions.h"
#include "base/ids.h"
#include "base/result.h"
#include "crypto/keyed_hash.h"
#include "crypto/record_seal.h"
#include "crypto/secret.h"
#include "vault/ports/wallet_store.h"

namespace cardvault::api {

/// A backend that may call the service.
struct Client {
  ClientId id;
  std::string name;
  PermissionSet permissions;
  Digest key_hash{};
  Time created_at{};
};

/// A client key as handed out, once: "cvk_" | client id's 26 characters | "_" | 43 characters of
/// base64url, 256 random bits. Because it cannot be guessed, a plain hash of it is enough to keep.
struct AddedClient {
  Client client;
  SecretText key;
};

/// The clients, kept as one sealed record in the store and as a snapshot in memory. Safe from any
/// thread; authenticate() takes no lock beyond the snapshot's.
class ClientRegistry {
 public:
  /// `store`, `sealer` and `random` outlive the registry.
  ClientRegistry(WalletStore& store, const RecordSealer& sealer, RandomSource& random);

  /// Reads the record. record_corrupt, key_unavailable, store_unavailable.
  [[nodiscard]] Status refresh();

  /// limit_reached, write_conflict, store_unavailable.
  [[nodiscard]] Result<AddedClient> add(std::string name, PermissionSet permissions, Time now);
  /// Its key stops working at once. client_key_invalid when there is no such client.
  [[nodiscard]] Status remove(const ClientId& client);

  /// The client whose key this is; client_key_invalid.
  [[nodiscard]] Result<Client> authenticate(std::string_view key) const;
  [[nodiscard]] std::vector<Client> list() const;

 private:
  struct Snapshot {
    std::uint64_t version = 0;
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
  [[nodiscard]] Result<Snapshot> read() const;
  /// Saves on top of `before`; false when another process was first.
  [[nodiscard]] Result<bool> save(const Snapshot& before, std::vector<Client> clients);

  WalletStore& store_;
  const RecordSealer& sealer_;
  RandomSource& random_;
  std::mutex change_;
  // Not std::atomic<std::shared_ptr>, whose load races with its store in g++ 12's library.
  mutable std::mutex snapshot_lock_;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace cardvault::api
