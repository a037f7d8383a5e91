#pragma once

#include <string>

#include "vault/storage/sqlite/sqlite_connection.h"
#include "vault/storage/wallet_archive.h"

namespace cardvault {

/// The statements that export and import the contents of a vault database. Only one thread may use
/// it at a time. Changes run in a transaction that the caller begins and ends.
class Images {
 public:
  /// `connection` must outlive the object.
  [[nodiscard]] static Result<Images> prepare(const Connection& connection);

  [[nodiscard]] Result<ArchivePage<WalletId>> list(const std::string& cursor,
                                                   std::size_t limit) const;
  [[nodiscard]] Result<std::optional<WalletImage>> read(const WalletId& id) const;
  [[nodiscard]] Status write(const WalletImage& image) const;

  [[nodiscard]] Result<ArchivePage<IndexEntry>> list_index(const std::string& cursor,
                                                           std::size_t limit) const;
  /// Fails with internal if the entry is of a unique kind and leads to another wallet.
  [[nodiscard]] Status add_entry(const IndexEntry& entry) const;

  [[nodiscard]] Result<std::optional<StoredWallet>> load_record(VaultRecord which) const;
  [[nodiscard]] Status put_record(VaultRecord which, const StoredWallet& record) const;

 private:
  enum Index : std::uint8_t {
    list_wallet_ids,
    load_wallet,
    load_pans,
    load_audit,
    load_due,
    put_wallet,
    clear_pans,
    clear_audit,
    clear_due,
    add_pan,
    add_audit,
    add_due,
    list_entries,
    taken_by_another,
    insert_entry,
    load_vault_record,
    put_vault_record,
    count,
  };

  explicit Images(std::vector<Statement> statements) : statements_(std::move(statements)) {}
  [[nodiscard]] Query query(Index which) const { return Query(statements_[which]); }
  [[nodiscard]] Result<std::vector<std::pair<CardId, SealedRecord>>> read_pans(
      const WalletId& id) const;
  [[nodiscard]] Result<std::optional<Time>> read_due(const WalletId& id) const;
  [[nodiscard]] Status write_parts(const WalletImage& image) const;

  std::vector<Statement> statements_;
};

}  // namespace cardvault
