#include "vault/storage/sqlite/sqlite_images.h"

#include <array>
#include <utility>

#include "vault/storage/sqlite/sqlite_rows.h"

namespace cardvault {
namespace {

/// A cursor contains kind, value and wallet of the last entry, in the order and size of the
/// database.
constexpr std::size_t kValueAt = 1;
constexpr std::size_t kWalletAt = kValueAt + sizeof(Digest);

std::string cursor_of(const IndexEntry& last) {
  std::string cursor(1, static_cast<char>(last.key.kind));
  cursor += as_text(last.key.value);
  cursor += as_text(last.wallet.bits().bytes);
  return cursor;
}

std::string_view part(const std::string& cursor, std::size_t at, std::size_t size) {
  return cursor.empty() ? std::string_view{} : std::string_view(cursor).substr(at, size);
}

Result<std::vector<IndexEntry>> entries_of(Query& query) {
  std::vector<IndexEntry> entries;
  for (;;) {
    TRY_VALUE(const auto found, query.next());
    if (!found) return entries;
    TRY_VALUE(const auto value, digest_from(query.blob(1)));
    TRY_VALUE(const auto wallet, wallet_id_from(query.blob(2)));
    entries.push_back({{static_cast<IndexKind>(query.number(0)), value}, wallet});
  }
}

}  // namespace

Result<Images> Images::prepare(const Connection& connection) {
  // In the order of Index.
  static constexpr std::array<const char*, count> kSql{
      kListWalletsSql,
      "SELECT version, record FROM wallets WHERE id = ?",
      "SELECT card, record FROM pans WHERE wallet = ? ORDER BY card",
      "SELECT seq, record, link FROM audit WHERE wallet = ? ORDER BY seq",
      "SELECT at_ms FROM due WHERE wallet = ?",
      "INSERT INTO wallets (id, version, record) VALUES (?, ?, ?)"
      " ON CONFLICT DO UPDATE SET version = excluded.version, record = excluded.record",
      "DELETE FROM pans WHERE wallet = ?",
      "DELETE FROM audit WHERE wallet = ?",
      "DELETE FROM due WHERE wallet = ?",
      "INSERT INTO pans (wallet, card, record) VALUES (?, ?, ?)",
      "INSERT INTO audit (wallet, seq, link, record) VALUES (?, ?, ?, ?)",
      "INSERT INTO due (wallet, at_ms, held_until_ms) VALUES (?, ?, NULL)",
      "SELECT kind, value, wallet FROM index_entries WHERE (kind, value, wallet) > (?, ?, ?)"
      " ORDER BY kind, value, wallet LIMIT ?",
      "SELECT 1 FROM index_entries WHERE kind = ? AND value = ? AND wallet <> ? LIMIT 1",
      "INSERT INTO index_entries (kind, value, wallet) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      "SELECT version, record FROM vault_records WHERE which = ?",
      "INSERT INTO vault_records (which, version, record) VALUES (?, ?, ?)"
      " ON CONFLICT DO UPDATE SET version = excluded.version, record = excluded.record",
  };
  TRY_VALUE(auto statements, connection.prepare_all(kSql));
  return Images(std::move(statements));
}

Result<ArchivePage<WalletId>> Images::list(const std::string& cursor, std::size_t limit) const {
  Query query = this->query(list_wallet_ids);
  return page_of_wallets(query, cursor, limit);
}

Result<std::optional<WalletImage>> Images::read(const WalletId& id) const {
  Query wallet = query(load_wallet);
  TRY_VALUE(auto stored, versioned_record(wallet.with(id.bits().bytes)));
  if (!stored) return std::nullopt;
  TRY_VALUE(auto pans, read_pans(id));
  Query rows = query(load_audit);
  TRY_VALUE(auto audit, audit_rows_of(rows.with(id.bits().bytes)));
  TRY_VALUE(const auto due, read_due(id));
  return WalletImage{.id = id,
                     .wallet = std::move(*stored),
                     .pans = std::move(pans),
                     .audit = std::move(audit),
                     .due = due};
}

Result<std::vector<std::pair<CardId, SealedRecord>>> Images::read_pans(const WalletId& id) const {
  std::vector<std::pair<CardId, SealedRecord>> pans;
  Query rows = query(load_pans);
  rows.with(id.bits().bytes);
  for (;;) {
    TRY_VALUE(const auto found, rows.next());
    if (!found) return pans;
    TRY_VALUE(const auto card, card_id_from(rows.blob(0)));
    pans.emplace_back(card, record_from(rows.blob(1)));
  }
}

Result<std::optional<Time>> Images::read_due(const WalletId& id) const {
  Query due = query(load_due);
  TRY_VALUE(const auto found, due.with(id.bits().bytes).next());
  if (!found) return std::nullopt;
  TRY_VALUE(const auto time, time_from(due.number(0)));
  return time;
}

Status Images::write(const WalletImage& image) const {
  const ByteView id = image.id.bits().bytes;
  for (const Index clear : {clear_pans, clear_audit, clear_due}) {
    TRY(query(clear).with(id).run());
  }
  const auto put = query(put_wallet)
                       .with(id)
                       .with(sql_version(image.wallet.version))
                       .with(image.wallet.record.bytes())
                       .run();
  return put ? write_parts(image) : put;
}

Status Images::write_parts(const WalletImage& image) const {
  const ByteView id = image.id.bits().bytes;
  for (const auto& [card, record] : image.pans) {
    TRY(query(add_pan).with(id).with(card.bits().bytes).with(record.bytes()).run());
  }
  for (const AuditRow& row : image.audit) {
    TRY(query(add_audit)
            .with(id)
            .with(sql_version(row.seq))
            .with(row.link)
            .with(row.record.bytes())
            .run());
  }
  if (!image.due) return {};
  return query(add_due).with(id).with(sql_time(*image.due)).run();
}

Result<ArchivePage<IndexEntry>> Images::list_index(const std::string& cursor,
                                                   std::size_t limit) const {
  Query query = this->query(list_entries);
  query.with(cursor.empty() ? 0 : std::int64_t{cursor.front()})
      .with(as_bytes(part(cursor, kValueAt, sizeof(Digest))))
      .with(as_bytes(part(cursor, kWalletAt, std::string::npos)))
      .with(sql_limit(limit));
  TRY_VALUE(auto entries, entries_of(query));
  ArchivePage<IndexEntry> page{.items = std::move(entries), .next = {}};
  if (page.items.size() == limit) page.next = cursor_of(page.items.back());
  return page;
}

Status Images::add_entry(const IndexEntry& entry) const {
  const auto run_with = [&](Query&& query) {
    return query.with(static_cast<std::int64_t>(entry.key.kind))
        .with(entry.key.value)
        .with(entry.wallet.bits().bytes)
        .next();
  };
  if (is_unique(entry.key.kind)) {
    TRY_VALUE(const auto taken, run_with(query(taken_by_another)));
    if (taken) {
      return fail(ErrorCode::internal, "The store refused the change.",
                  OperatorText{"an index entry leads to another wallet"});
    }
  }
  TRY(run_with(query(insert_entry)));
  return {};
}

Result<std::optional<StoredWallet>> Images::load_record(VaultRecord which) const {
  Query query = this->query(load_vault_record);
  return versioned_record(query.with(static_cast<std::int64_t>(which)));
}

Status Images::put_record(VaultRecord which, const StoredWallet& record) const {
  return query(put_vault_record)
      .with(static_cast<std::int64_t>(which))
      .with(sql_version(record.version))
      .with(record.record.bytes())
      .run();
}

}  // namespace cardvault
