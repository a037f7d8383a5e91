#pragma once

#include "vault/storage/sqlite/sqlite_connection.h"
#include "vault/storage/wallet_store.h"

namespace cardvault {

// From stored columns to values. record_corrupt for a blob of another size than its kind has, for a
// version or sequence number below 1, and for a time that is not storable; what is inside a record
// is not looked at.

[[nodiscard]] Result<WalletId> wallet_id_from(ByteView stored);
[[nodiscard]] Result<CardId> card_id_from(ByteView stored);
[[nodiscard]] Result<Digest> digest_from(ByteView stored);
[[nodiscard]] SealedRecord record_from(ByteView stored);

/// The wallet ids in the first column of all rows.
[[nodiscard]] Result<std::vector<WalletId>> wallets_of(Query& query);
/// Selects wallet ids above the first parameter, as many as the second says.
inline constexpr const char* kListWalletsSql =
    "SELECT id FROM wallets WHERE id > ? ORDER BY id LIMIT ?";
/// As WalletStore::list_wallets, with that statement. The cursor is the last wallet.
[[nodiscard]] Result<ArchivePage<WalletId>> page_of_wallets(Query& query, const std::string& cursor,
                                                            std::size_t limit);
/// The only row, of version and record.
[[nodiscard]] Result<std::optional<StoredWallet>> versioned_record(Query& query);
/// All rows, of seq, record and link.
[[nodiscard]] Result<std::vector<AuditRow>> audit_rows_of(Query& query);

[[nodiscard]] std::int64_t sql_limit(std::size_t limit);
/// For "greater than": no number is, beyond the largest that SQLite has.
[[nodiscard]] std::int64_t sql_after(std::uint64_t number);
[[nodiscard]] std::int64_t sql_version(std::uint64_t version);
[[nodiscard]] std::int64_t sql_time(Time time);
[[nodiscard]] Result<Time> time_from(std::int64_t stored);

}  // namespace cardvault
