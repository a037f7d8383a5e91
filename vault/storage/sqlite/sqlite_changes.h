#pragma once

#include "vault/storage/sqlite/sqlite_connection.h"
#include "vault/storage/wallet_store.h"

namespace cardvault {

/// The statements that change a vault database. They run on the writer's thread, inside a
/// transaction that the caller begins and ends. If the result is not `committed` (or a list of
/// claims), part of the change may remain, and the caller must roll it back.
class Changes {
 public:
  /// `connection` must outlive the object.
  [[nodiscard]] static Result<Changes> prepare(const Connection& connection);

  [[nodiscard]] Result<CommitOutcome> commit(const Commit& change) const;
  [[nodiscard]] Result<std::vector<WalletId>> claim_due(Time now, Seconds lease,
                                                        std::size_t limit) const;
  [[nodiscard]] Result<CommitOutcome> save_vault_record(VaultRecord which,
                                                        std::uint64_t expected_version,
                                                        const SealedRecord& record) const;

 private:
  enum Index : std::uint8_t {
    insert_wallet,
    update_wallet,
    put_pan,
    delete_pan,
    last_audit,
    add_audit,
    replace_audit,
    clear_audit,
    taken_by_another,
    add_index,
    remove_index,
    set_due,
    clear_due,
    find_due,
    hold_due,
    insert_vault_record,
    update_vault_record,
    count,
  };

  Changes(const Connection& connection, std::vector<Statement> statements)
      : connection_(&connection), statements_(std::move(statements)) {}
  [[nodiscard]] Query query(Index which) const { return Query(statements_[which]); }
  [[nodiscard]] Result<bool> changed_a_row(Query& query) const;
  [[nodiscard]] Result<bool> takes_from_another(const Commit& change) const;
  /// Returns false if the version is not the expected one.
  [[nodiscard]] Result<bool> write_wallet(const Commit& change) const;
  [[nodiscard]] Status write_pans(const Commit& change) const;
  [[nodiscard]] Status write_audit(const Commit& change) const;
  [[nodiscard]] Status write_audit_row(const Commit& change, const AuditRow& row) const;
  [[nodiscard]] Status write_index(const Commit& change) const;
  [[nodiscard]] Status write_due(const Commit& change) const;

  const Connection* connection_;
  std::vector<Statement> statements_;
};

}  // namespace cardvault
