#include "vault/storage/sqlite/sqlite_snapshot_read.h"

#include <algorithm>
#include <utility>

#include "vault/storage/sqlite/sqlite_rows.h"

namespace cardvault {
namespace {

/// All statements during its life read the same state of the database.
class ReadTransaction {
 public:
  explicit ReadTransaction(const Connection& connection)
      : connection_(connection), begun_(connection.execute("BEGIN")) {}
  ~ReadTransaction() {
    if (begun_) static_cast<void>(connection_.execute("COMMIT"));
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

  [[nodiscard]] const Status& begun() const { return begun_; }

 private:
  const Connection& connection_;
  const Status begun_;
};

Result<std::vector<std::pair<CardId, SealedRecord>>> read_pans(const Reader& reader,
                                                               const WalletId& wallet) {
  std::vector<std::pair<CardId, SealedRecord>> pans;
  Query query(reader.load_pans);
  query.with(wallet.bits().bytes);
  for (;;) {
    TRY_VALUE(const auto row, query.next());
    if (!row) return pans;
    const auto card = card_id_from(query.blob(0));
    if (card) pans.emplace_back(*card, record_from(query.blob(1)));
  }
}

Result<std::vector<AuditRow>> read_rows(const Reader& reader, const WalletId& wallet,
                                        const SnapshotParts& parts) {
  std::vector<AuditRow> rows;
  Query query(reader.read_audit);
  query.with(wallet.bits().bytes)
      .with(sql_after(parts.audit_after))
      .with(sql_limit(std::min(parts.audit_limit, kMostRowsInSnapshot)));
  for (;;) {
    TRY_VALUE(const auto found, query.next());
    if (!found) return rows;
    const auto link = digest_from(query.blob(2));
    rows.push_back({.seq = static_cast<std::uint64_t>(query.number(0)),
                    .record = record_from(query.blob(1)),
                    .link = link.value_or(Digest{})});
  }
}

}  // namespace

Result<std::optional<WalletSnapshot>> read_wallet_snapshot(const Reader& reader,
                                                           const WalletId& wallet,
                                                           const SnapshotParts& parts) {
  const ReadTransaction transaction(reader.connection);
  if (!transaction.begun()) return fail(transaction.begun().error());
  WalletSnapshot snapshot;
  {
    Query query(reader.load);
    TRY_VALUE(auto stored, versioned_record(query.with(wallet.bits().bytes)));
    if (!stored) return std::nullopt;
    snapshot.wallet = std::move(*stored);
  }
  if (parts.pans) {
    TRY_VALUE(auto pans, read_pans(reader, wallet));
    snapshot.pans = std::move(pans);
  }
  if (parts.audit_limit > 0) {
    TRY_VALUE(auto rows, read_rows(reader, wallet, parts));
    snapshot.audit = std::move(rows);
  }
  return snapshot;
}

Result<bool> index_leads_to(const Reader& reader, const IndexKey& key, const WalletId& wallet) {
  Query query(reader.leads_to);
  query.with(static_cast<std::int64_t>(key.kind)).with(key.value).with(wallet.bits().bytes);
  return query.next();
}

}  // namespace cardvault
