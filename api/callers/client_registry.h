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

/// A client key as handed out, once: "cvk_" | client id's 26 characters | "_" | 43 characters of
/// base64url, 256 random bits. Because it cannot be guessed, a plain hash of it is enough to keep.
struct AddedClient {
  Client client;
  SecretText key;
};

/// The clients, kept as one sealed record in the store and as a snapshot in memory. Other processes
/// may change the record: a client they added is known when its key first comes, one they removed
/// is unknown from the next refresh() on, which Housekeeping calls every second. Safe from any
/// thread; authenticate() takes no lock beyond the snapshot's for a key that is known.
class ClientRegistry {
 public:
  /// A key that nobody has costs a read of the store, so only so many a second do.
  static constexpr int kLooksASecond = 4;

  /// `store`, `sealer` and `random` outlive the registry.
  ClientRegistry(WalletStore& store, const RecordSealer& sealer, RandomSource& random);

  /// Reads the record. record_corrupt, key_unavailable, store_unavailable.
  [[nodiscard]] Status refresh();

  /// limit_reached, write_conflict, store_unavailable.
  [[nodiscard]] Result<AddedClient> add(std::string name, PermissionSet permissions, Time now);
  /// A client whose key was made elsewhere, by a random generator; true when it was not there yet.
  /// client_key_invalid for what is no key, invalid_request (conflict) when its id is another
  /// client's or has another name or other permissions; as add().
  [[nodiscard]] Result<bool> add_with_key(const SecretText& key, std::string name,
                                          PermissionSet permissions, Time now);
  /// Its key stops working at once in this process. client_key_invalid when there is no such
  /// client.
  [[nodiscard]] Status remove(const ClientId& client);

  /// Seals the record anew when it is under an older key than the current one. write_conflict; the
  /// errors of refresh().
  [[nodiscard]] Status rewrap();

  /// The client whose key this is; client_key_invalid. One that is unknown is looked for in the
  /// store, kLooksASecond times at most; the errors of refresh() when that failed.
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
  /// Reads and shows, under `change_`, so that nothing older is shown after something newer.
  [[nodiscard]] Status look();
  /// look(), unless one has begun since the caller asked or there were too many lately; what the
  /// last one came to.
  [[nodiscard]] Status look_for_stranger();
  [[nodiscard]] std::optional<Client> find(const ClientId& id) const;
  /// Adds it to those that are there by now.
  [[nodiscard]] Status insert(const Client& client);
  /// Saves on top of `before`; false when another process was first.
  [[nodiscard]] Result<bool> save(const Snapshot& before, std::vector<Client> clients);

  WalletStore& store_;
  const RecordSealer& sealer_;
  RandomSource& random_;
  std::mutex change_;
  SteadyClock::time_point last_look_;
  Status last_outcome_;
  SteadyClock::time_point counting_since_;
  int looks_ = 0;
  // Not std::atomic<std::shared_ptr>, whose load races with its store in g++ 12's library.
  mutable std::mutex snapshot_lock_;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace cardvault::api
