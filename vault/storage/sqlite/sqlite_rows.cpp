#include "vault/storage/sqlite/sqlite_rows.h"

#include <algorithm>
#include <limits>
#include <string>

#include "vault/wallet/storable_time.h"

namespace cardvault {
namespace {

std::unexpected<Error> damaged_row(std::string what) {
  return fail(ErrorCode::record_corrupt, "Stored data is damaged.",
              OperatorText{"a stored " + std::move(what)});
}

/// Copies a blob into an array. The blob must have the size of the array.
template <class Array>
Status fill(Array& array, ByteView stored, const char* what) {
  if (stored.size() != array.size()) return damaged_row(std::string(what) + " has the wrong size");
  std::ranges::copy(stored, array.begin());
  return {};
}

template <class Kind>
Result<Kind> id_from(ByteView stored, const char* what) {
  IdBits bits;
  TRY(fill(bits.bytes, stored, what));
  return Kind(bits);
}

}  // namespace

Result<WalletId> wallet_id_from(ByteView stored) {
  return id_from<WalletId>(stored, "wallet id");
}

Result<CardId> card_id_from(ByteView stored) {
  return id_from<CardId>(stored, "card id");
}

Result<Digest> digest_from(ByteView stored) {
  Digest digest;
  TRY(fill(digest, stored, "hash"));
  return digest;
}

SealedRecord record_from(ByteView stored) {
  return SealedRecord::from_storage(Bytes(stored.begin(), stored.end()));
}

Result<std::vector<WalletId>> wallets_of(Query& query) {
  std::vector<WalletId> wallets;
  for (;;) {
    TRY_VALUE(const auto row, query.next());
    if (!row) return wallets;
    TRY_VALUE(const auto wallet, wallet_id_from(query.blob(0)));
    wallets.push_back(wallet);
  }
}

Result<ArchivePage<WalletId>> page_of_wallets(Query& query, const std::string& cursor,
                                              std::size_t limit) {
  TRY_VALUE(auto wallets, wallets_of(query.with(as_bytes(cursor)).with(sql_limit(limit))));
  ArchivePage<WalletId> page{.items = std::move(wallets), .next = {}};
  if (page.items.size() == limit) page.next = as_text(page.items.back().bits().bytes);
  return page;
}

Result<std::optional<StoredWallet>> versioned_record(Query& query) {
  TRY_VALUE(const auto row, query.next());
  if (!row) return std::nullopt;
  if (query.number(0) < 1) return damaged_row("version is below 1");
  return StoredWallet{.version = static_cast<std::uint64_t>(query.number(0)),
                      .record = record_from(query.blob(1))};
}

Result<std::vector<AuditRow>> audit_rows_of(Query& query) {
  std::vector<AuditRow> rows;
  for (;;) {
    TRY_VALUE(const auto found, query.next());
    if (!found) return rows;
    if (query.number(0) < 1) return damaged_row("audit entry's number is below 1");
    TRY_VALUE(const auto link, digest_from(query.blob(2)));
    rows.push_back({.seq = static_cast<std::uint64_t>(query.number(0)),
                    .record = record_from(query.blob(1)),
                    .link = link});
  }
}

std::int64_t sql_limit(std::size_t limit) {
  constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int64_t>(std::min(limit, kMost));
}

std::int64_t sql_after(std::uint64_t number) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(number, kMost));
}

std::int64_t sql_version(std::uint64_t version) {
  return static_cast<std::int64_t>(version);
}

std::int64_t sql_time(Time time) {
  return time.time_since_epoch().count();
}

Result<Time> time_from(std::int64_t stored) {
  const Time time{Time::duration(stored)};
  if (!is_storable(time)) return damaged_row("time is out of range");
  return time;
}

}  // namespace cardvault
