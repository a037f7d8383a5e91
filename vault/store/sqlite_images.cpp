#include "vault/store/sqlite_images.h"

#include <array>
#include <utility>

#include "vault/store/sqlite_rows.h"

namespace cardvault {
namespace {

/// Kind, value and wallet of the last entry, in the order and size that they are stored in.
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
    const auto found = query.next();
    if (!found) return fail(found.error());
    if (!*found) return entries;
    const auto value = digest_from(query.blob(1));
    if (!value) return fail(value.error());
    const auto wallet = wallet_id_from(query.blob(2));
    if (!wallet) return fail(wallet.error());
    entries.push_back({{static_cast<IndexKind>(query.number(0)), *value}, *wallet});
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
  auto statements = connection.prepare_all(kSql);
  if (!statements) return fail(std::move(statements.error()));
  return Images(std::move(*statements));
}

Result<ArchivePage<WalletId>> Images::list(const std::string& cursor, std::size_t limit) const {
  Query query = this->query(list_wallet_ids);
  return page_of_wallets(query, cursor, limit);
}

Result<std::optional<WalletImage>> Images::read(const WalletId& id) const {
  Query wallet = query(load_wallet);
  auto stored = versioned_record(wallet.with(id.bits().bytes));
  if (!stored) return fail(std::move(stored.error()));
  if (!*stored) return std::nullopt;
  auto pans = read_pans(id);
  if (!pans) return fail(std::move(pans.error()));
  Query rows = query(load_audit);
  auto audit = audit_rows_of(rows.with(id.bits().bytes));
  if (!audit) return fail(std::move(audit.error()));
  const auto due = read_due(id);
  if (!due) return fail(due.error());
  return WalletImage{.id = id,
                     .wallet = std::move(**stored),
                     .pans = std::move(*pans),
                     .audit = std::move(*audit),
                     .due = *due};
}

Result<std::vector<std::pair<CardId, SealedRecord>>> Images::read_pans(const WalletId& id) const {
  std::vector<std::pair<CardId, SealedRecord>> pans;
  Query rows = query(load_pans);
  rows.with(id.bits().bytes);
  for (;;) {
    const auto found = rows.next();
    if (!found) return fail(found.error());
    if (!*found) return pans;
    const auto card = card_id_from(rows.blob(0));
    if (!card) return fail(card.error());
    pans.emplace_back(*card, record_from(rows.blob(1)));
  }
}

Result<std::optional<Time>> Images::read_due(const WalletId& id) const {
  Query due = query(load_due);
  const auto found = due.with(id.bits().bytes).next();
  if (!found) return fail(found.error());
  if (!*found) return std::nullopt;
  const auto time = time_from(due.number(0));
  if (!time) return fail(time.error());
  return *time;
}

Status Images::write(const WalletImage& image) const {
  const ByteView id = image.id.bits().bytes;
  for (const Index clear : {clear_pans, clear_audit, clear_due}) {
    if (auto cleared = query(clear).with(id).run(); !cleared) return cleared;
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
    const auto added = query(add_pan).with(id).with(card.bits().bytes).with(record.bytes()).run();
    if (!added) return added;
  }
  for (const AuditRow& row : image.audit) {
    const auto added = query(add_audit)
                           .with(id)
                           .with(sql_version(row.seq))
                           .with(row.link)
                           .with(row.record.bytes())
                           .run();
    if (!added) return added;
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
  auto entries = entries_of(query);
  if (!entries) return fail(std::move(entries.error()));
  ArchivePage<IndexEntry> page{.items = std::move(*entries), .next = {}};
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
    const auto taken = run_with(query(taken_by_another));
    if (!taken) return fail(taken.error());
    if (*taken) {
      return fail(ErrorCode::internal, "the store refused the change",
                  OperatorText{"an index entry leads to another wallet"});
    }
  }
  const auto added = run_with(query(insert_entry));
  if (!added) return fail(added.error());
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
