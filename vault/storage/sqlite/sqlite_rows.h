#pragma once

#include "vault/storage/sqlite/sqlite_connection.h"
#include "vault/storage/wallet_store.h"

namespace cardvault {

// Conversions from stored columns to values. They fail with record_corrupt for a blob of the wrong
// size, for a version or sequence number below 1, and for a time that is not storable. They do not
// check the inside of a record.

[[nodiscard]] Result<WalletId> wallet_id_from(ByteView stored);
[[nodiscard]] Result<CardId> card_id_from(ByteView stored);
[[nodiscard]] Result<Digest> digest_from(ByteView stored);
[[nodiscard]] SealedRecord record_from(ByteView stored);

/// Reads the wallet ids in the first column of all rows.
[[nodiscard]] Result<std::vector<WalletId>> wallets_of(Query& query);
/// Selects wallet ids above the first parameter. The second parameter is the limit.
inline constexpr const char* kListWalletsSql =
    "SELECT id FROM wallets WHERE id > ? ORDER BY id LIMIT ?";
/// Works like WalletStore::list_wallets() with the statement kListWalletsSql. The cursor is the
/// last wallet.
[[nodiscard]] Result<ArchivePage<WalletId>> page_of_wallets(Query& query, const std::string& cursor,
                                                            std::size_t limit);
/// Reads the only row. Its columns are version and record.
[[nodiscard]] Result<std::optional<StoredWallet>> versioned_record(Query& query);
/// Reads all rows. Their columns are seq, record and link.
[[nodiscard]] Result<std::vector<AuditRow>> audit_rows_of(Query& query);

[[nodiscard]] std::int64_t sql_limit(std::size_t limit);
/// Converts a number for a "greater than" condition. Above SQLite's largest number the condition is
/// never true.
[[nodiscard]] std::int64_t sql_after(std::uint64_t number);
[[nodiscard]] std::int64_t sql_version(std::uint64_t version);
[[nodiscard]] std::int64_t sql_time(Time time);
[[nodiscard]] Result<Time> time_from(std::int64_t stored);

}  // namespace cardvault
