#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vault/storage/redis/reply.h"
#include "vault/storage/wallet_store.h"

namespace cardvault {

// A wallet is one hash, so that a slot that moves takes it as a whole:
//
//   cv:{wallet id's 26 characters}
//     w     version (8) | due (8): 0 or milliseconds + 1 | audit entries (8) | claims (1) |
//           claims x (kind (1) digest (32)) | sealed record
//     p     PAN records, each: card id (16) | size (4) | sealed record
//     a0 .. audit entries, eight to a field: size (4) | link (32) | sealed record
//     f     there, and w not: the wallet may not be created any more (see redis_index.h)
//
// All numbers are big endian. Claims are the entries of unique kinds that the wallet has: what the
// index says is checked against them. The list view reads w and nothing else.

/// What w holds.
struct WalletValue {
  std::uint64_t version = 0;
  std::optional<Time> due;
  std::uint64_t audit_entries = 0;
  std::vector<IndexKey> claims;
  SealedRecord record;
};

inline constexpr std::uint64_t kAuditEntriesInAField = 8;

[[nodiscard]] std::string wallet_key(const WalletId& wallet);
/// "cv:v:{1}" and so on, for records of the vault itself.
[[nodiscard]] std::string vault_record_key(VaultRecord which);
/// "cv:i:" | kind (1) | digest (32).
[[nodiscard]] std::string index_key_name(const IndexKey& key);
/// kind (1) | digest (32).
[[nodiscard]] std::string index_key_bytes(const IndexKey& key);

/// record_corrupt for another size.
[[nodiscard]] Result<IndexKey> parse_index_key(std::string_view bytes);

[[nodiscard]] std::string eight_bytes(std::uint64_t value);
[[nodiscard]] std::string id_bytes(const WalletId& wallet);
/// record_corrupt for another size.
[[nodiscard]] Result<WalletId> wallet_id_of(std::string_view bytes);
/// The wallet ids in an array. record_corrupt.
[[nodiscard]] Result<std::vector<WalletId>> wallets_of(const Reply& ids);
/// What a due time is kept as; times before 1970 as 1970, and at most the year 9999.
[[nodiscard]] std::int64_t due_number(const std::optional<Time>& due);

/// record_corrupt when it is cut short, and for a number that no commit writes: version 0, a
/// version or a number of entries that a script could not count exactly (2^53), a due time past
/// 9999.
[[nodiscard]] Result<WalletValue> parse_wallet_value(std::string_view bytes);
[[nodiscard]] std::string wallet_value_bytes(const WalletValue& value);

/// record_corrupt when it is cut short.
[[nodiscard]] Result<std::vector<std::pair<CardId, SealedRecord>>> parse_pans(
    std::string_view bytes);
/// Adds those in front of where it is cut short; false when it is.
[[nodiscard]] bool read_pans(std::string_view bytes,
                             std::vector<std::pair<CardId, SealedRecord>>& pans);
[[nodiscard]] std::string pan_entry_bytes(const CardId& card, const SealedRecord& record);
[[nodiscard]] std::string audit_entry_bytes(const AuditRow& row);
/// The entries of one field, the first of which has the number `first`. record_corrupt.
[[nodiscard]] Result<std::vector<AuditRow>> parse_audit_field(std::string_view bytes,
                                                              std::uint64_t first);
/// Adds those in front of where it is cut short; false when it is.
[[nodiscard]] bool read_audit_field(std::string_view bytes, std::uint64_t first,
                                    std::vector<AuditRow>& rows);
[[nodiscard]] std::string audit_field(std::uint64_t number);

/// The number in "a12"; record_corrupt for any other name.
[[nodiscard]] Result<std::uint64_t> parse_audit_field_name(std::string_view name);

/// version (8) | sealed record. record_corrupt.
[[nodiscard]] Result<StoredWallet> parse_vault_record(std::string_view bytes);

}  // namespace cardvault
