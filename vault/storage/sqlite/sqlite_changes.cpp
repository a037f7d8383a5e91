#include "vault/storage/sqlite/sqlite_changes.h"

#include <array>

#include "vault/storage/audit_misfit.h"
#include "vault/storage/sqlite/sqlite_rows.h"

namespace cardvault {

Result<Changes> Changes::prepare(const Connection& connection) {
  // In the order of Changes::Index.
  static constexpr std::array<const char*, count> kSql{
      "INSERT INTO wallets (id, version, record) VALUES (?, 1, ?) ON CONFLICT DO NOTHING",
      "UPDATE wallets SET record = ?, version = version + 1 WHERE id = ? AND version = ?",
      "INSERT INTO pans (wallet, card, record) VALUES (?, ?, ?)"
      " ON CONFLICT DO UPDATE SET record = excluded.record",
      "DELETE FROM pans WHERE wallet = ? AND card = ?",
      "SELECT coalesce(max(seq), 0) FROM audit WHERE wallet = ?",
      "INSERT INTO audit (link, record, wallet, seq) VALUES (?, ?, ?, ?)",
      "UPDATE audit SET link = ?, record = ? WHERE wallet = ? AND seq = ?",
      "DELETE FROM audit WHERE wallet = ?",
      "SELECT 1 FROM index_entries WHERE kind = ? AND value = ? AND wallet <> ? LIMIT 1",
      "INSERT INTO index_entries (kind, value, wallet) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      "DELETE FROM index_entries WHERE kind = ? AND value = ? AND wallet = ?",
      "INSERT INTO due (wallet, at_ms, held_until_ms) VALUES (?, ?, NULL)"
      " ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, held_until_ms = NULL",
      "DELETE FROM due WHERE wallet = ?",
      "SELECT wallet FROM due WHERE at_ms <= ?1"
      " AND (held_until_ms IS NULL OR held_until_ms <= ?1 OR held_until_ms > ?2)"
      " ORDER BY at_ms, wallet LIMIT ?3",
      "UPDATE due SET held_until_ms = ? WHERE wallet = ?",
      "INSERT INTO vault_records (which, version, record) VALUES (?, 1, ?) ON CONFLICT DO NOTHING",
      "UPDATE vault_records SET record = ?, version = version + 1 WHERE which = ? AND version = ?",
  };
  TRY_VALUE(auto statements, connection.prepare_all(kSql));
  return Changes(connection, std::move(statements));
}

Result<CommitOutcome> Changes::commit(const Commit& change) const {
  TRY_VALUE(const auto current, write_wallet(change));
  if (!current) return CommitOutcome::conflict;
  TRY(write_audit(change));
  TRY_VALUE(const auto taken, takes_from_another(change));
  if (taken) return CommitOutcome::index_taken;
  for (const auto part : {&Changes::write_pans, &Changes::write_index, &Changes::write_due}) {
    TRY((this->*part)(change));
  }
  return CommitOutcome::committed;
}

Result<bool> Changes::changed_a_row(Query& query) const {
  TRY(query.run());
  return sqlite3_changes(connection_->get()) == 1;
}

Result<bool> Changes::write_wallet(const Commit& change) const {
  const ByteView id = change.wallet.bits().bytes;
  if (change.expected_version == 0) {
    Query insert = query(insert_wallet);
    return changed_a_row(insert.with(id).with(change.record.bytes()));
  }
  Query update = query(update_wallet);
  update.with(change.record.bytes()).with(id).with(sql_version(change.expected_version));
  return changed_a_row(update);
}

Result<bool> Changes::takes_from_another(const Commit& change) const {
  for (const auto& key : change.add_index) {
    if (!is_unique(key.kind)) continue;
    auto taken = query(taken_by_another)
                     .with(static_cast<std::int64_t>(key.kind))
                     .with(key.value)
                     .with(change.wallet.bits().bytes)
                     .next();
    if (!taken || *taken) return taken;
  }
  return false;
}

Status Changes::write_pans(const Commit& change) const {
  const ByteView wallet = change.wallet.bits().bytes;
  for (const auto& card : change.delete_pans) {
    TRY(query(delete_pan).with(wallet).with(card.bits().bytes).run());
  }
  for (const auto& [card, record] : change.put_pans) {
    TRY(query(put_pan).with(wallet).with(card.bits().bytes).with(record.bytes()).run());
  }
  return {};
}

Status Changes::write_audit(const Commit& change) const {
  if (change.audit.empty() && !change.rewrite_audit) return {};
  Query last = query(last_audit);
  TRY(last.with(change.wallet.bits().bytes).next());
  const std::int64_t entries = last.number(0);
  if (change.replace_damaged_audit) {
    TRY(query(clear_audit).with(change.wallet.bits().bytes).run());
  } else if (change.rewrite_audit && std::ssize(change.audit) != entries) {
    return audit_misfit(change.wallet);
  }
  std::int64_t seq = change.rewrite_audit ? 0 : entries;
  for (const auto& row : change.audit) {
    if (sql_version(row.seq) != ++seq) return audit_misfit(change.wallet);
    TRY(write_audit_row(change, row));
  }
  return {};
}

Status Changes::write_audit_row(const Commit& change, const AuditRow& row) const {
  const bool replaces = change.rewrite_audit && !change.replace_damaged_audit;
  Query write = query(replaces ? replace_audit : add_audit);
  write.with(row.link).with(row.record.bytes());
  write.with(change.wallet.bits().bytes).with(sql_version(row.seq));
  TRY_VALUE(const auto written, changed_a_row(write));
  return written ? Status{} : audit_misfit(change.wallet);
}

Status Changes::write_index(const Commit& change) const {
  const auto run = [&](Index which, const IndexKey& key) {
    return query(which)
        .with(static_cast<std::int64_t>(key.kind))
        .with(key.value)
        .with(change.wallet.bits().bytes)
        .run();
  };
  for (const auto& key : change.remove_index) {
    TRY(run(remove_index, key));
  }
  for (const auto& key : change.add_index) {
    TRY(run(add_index, key));
  }
  return {};
}

Status Changes::write_due(const Commit& change) const {
  const ByteView wallet = change.wallet.bits().bytes;
  if (!change.due) return query(clear_due).with(wallet).run();
  return query(set_due).with(wallet).with(sql_time(*change.due)).run();
}

Result<std::vector<WalletId>> Changes::claim_due(Time now, Seconds lease, std::size_t limit) const {
  Query due = query(find_due);
  due.with(sql_time(now)).with(sql_time(now + 2 * lease)).with(sql_limit(limit));
  auto wallets = wallets_of(due);
  if (!wallets) return wallets;
  for (const auto& wallet : *wallets) {
    TRY(query(hold_due).with(sql_time(now + lease)).with(wallet.bits().bytes).run());
  }
  return wallets;
}

Result<CommitOutcome> Changes::save_vault_record(VaultRecord which, std::uint64_t expected_version,
                                                 const SealedRecord& record) const {
  const auto key = static_cast<std::int64_t>(which);
  Query write = query(expected_version == 0 ? insert_vault_record : update_vault_record);
  if (expected_version == 0) {
    write.with(key).with(record.bytes());
  } else {
    write.with(record.bytes()).with(key).with(sql_version(expected_version));
  }
  TRY_VALUE(const auto current, changed_a_row(write));
  return current ? CommitOutcome::committed : CommitOutcome::conflict;
}

}  // namespace cardvault
