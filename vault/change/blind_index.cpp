#include "vault/change/blind_index.h"

#include <algorithm>

namespace cardvault {

Result<KeyedDigests> digests_of(const LiveKeyring& keyring, Purpose purpose,
                                std::string_view domain, std::initializer_list<ByteView> parts) {
  TRY_VALUE(const auto keys, keyring.usable(purpose));
  std::vector<KeyedDigest> digests;
  digests.reserve(keys.size());
  for (const KeyHandle& key : keys) {
    digests.push_back({keyed_hash(key->material.expose(), domain, parts), key->id});
  }
  return KeyedDigests(std::move(digests));
}

Result<std::vector<WalletId>> find_wallets(WalletStore& store, IndexKind kind,
                                           const KeyedDigests& digests) {
  std::vector<WalletId> wallets;
  for (const KeyedDigest& digest : digests.oldest_first()) {
    TRY_VALUE(const auto found, store.find({kind, digest.value}));
    for (const WalletId& id : found) {
      if (std::ranges::find(wallets, id) == wallets.end()) wallets.push_back(id);
    }
  }
  return wallets;
}

std::vector<IndexKey> index_keys(IndexKind kind, const std::vector<KeyedDigest>& digests) {
  std::vector<IndexKey> keys;
  keys.reserve(digests.size());
  for (const KeyedDigest& digest : digests) keys.push_back({kind, digest.value});
  return keys;
}

}  // namespace cardvault
