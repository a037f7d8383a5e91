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

// A wallet is one hash, so that a moving slot takes all of it:
//
//   cv:{wallet id's 26 characters}
//     w     version (8) | due (8): 0 or milliseconds + 1 | audit entries (8) | claims (1) |
//           claims x (kind (1) digest (32)) | sealed record
//     p     PAN records, each: card id (16) | size (4) | sealed record
//     a0 .. audit entries, eight to a field: size (4) | link (32) | sealed record
// `    f     there, and w not: the wallet may not be created any more (see index.h)
//
// All numbers are big endian. Claims are the wallet's entries of unique kinds; they decide whether
// an index entry counts. The list view reads only w.

/// The contents of w.
struct WalletValue {
  std::uint64_t version = 0;
  std::optional<Time> due;
  std::uint64_t audit_entries = 0;
  std::vector<IndexKey> claims;
  SealedRecord record;
};

inline constexpr std::uint64_t kAuditEntriesInAField = 8;

[[nodiscard]] std::string wallet_key(const WalletId& wallet);
/// Returns "cv:v:{1}" and so on, for records of the vault itself.
[[nodiscard]] std::string vault_record_key(VaultRecord which);
/// Returns "cv:i:" | kind (1) | digest (32).
[[nodiscard]] std::string index_key_name(const IndexKey& key);
/// Returns kind (1) | digest (32).
[[nodiscard]] std::string index_key_bytes(const IndexKey& key);

/// Fails with record_corrupt if the size is wrong.
[[nodiscard]] Result<IndexKey> parse_index_key(std::string_view bytes);

[[nodiscard]] std::string eight_bytes(std::uint64_t value);
[[nodiscard]] std::string id_bytes(const WalletId& wallet);
/// Fails with record_corrupt if the size is wrong.
[[nodiscard]] Result<WalletId> wallet_id_of(std::string_view bytes);
/// Reads the wallet ids in an array. Errors: record_corrupt.
[[nodiscard]] Result<std::vector<WalletId>> wallets_of(const Reply& ids);
/// Returns the stored form of a due time. Times before 1970 become 1970, and later times end with
/// the year 9999.
[[nodiscard]] std::int64_t due_number(const std::optional<Time>& due);

/// Fails with record_corrupt if the bytes are cut short or have a number that no commit writes:
/// version 0, a version or number of entries that a script could not count exactly (2^53), or a due
/// time after 9999.
[[nodiscard]] Result<WalletValue> parse_wallet_value(std::string_view bytes);
[[nodiscard]] std::string wallet_value_bytes(const WalletValue& value);

/// Fails with record_corrupt if the bytes are cut short.
[[nodiscard]] Result<std::vector<std::pair<CardId, SealedRecord>>> parse_pans(
    std::string_view bytes);
/// Adds the records before the cut if the bytes are cut short, and returns false then.
[[nodiscard]] bool read_pans(std::string_view bytes,
                             std::vector<std::pair<CardId, SealedRecord>>& pans);
[[nodiscard]] std::string pan_entry_bytes(const CardId& card, const SealedRecord& record);
[[nodiscard]] std::string audit_entry_bytes(const AuditRow& row);
/// Reads the entries of one field. The first entry has the number `first`. Errors: record_corrupt.
[[nodiscard]] Result<std::vector<AuditRow>> parse_audit_field(std::string_view bytes,
                                                              std::uint64_t first);
/// Adds the entries before the cut if the bytes are cut short, and returns false then.
[[nodiscard]] bool read_audit_field(std::string_view bytes, std::uint64_t first,
                                    std::vector<AuditRow>& rows);
[[nodiscard]] std::string audit_field(std::uint64_t number);

/// Returns the number in "a12". Any other name fails with record_corrupt.
[[nodiscard]] Result<std::uint64_t> parse_audit_field_name(std::string_view name);

/// The bytes are version (8) | sealed record. Errors: record_corrupt.
[[nodiscard]] Result<StoredWallet> parse_vault_record(std::string_view bytes);

}  // namespace cardvault
