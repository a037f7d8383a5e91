#include "vault/change/audit_log.h"

#include "crypto/keys/error_codes.h"
#include "vault/wallet/binary.h"

namespace cardvault {
namespace {

constexpr std::size_t kMostDetails = 64;

Bytes encode_entry(const AuditEntry& entry, KeyId link_key) {
  BinaryWriter out;
  out.number(link_key);
  out.time(entry.at);
  out.text(entry.actor);
  out.text(entry.action);
  out.number(entry.details.size());
  for (const auto& [name, value] : entry.details) {
    out.text(name);
    out.text(value);
  }
  return out.take();
}

struct Decoded {
  KeyId link_key = 0;
  AuditEntry entry;
};

std::optional<Decoded> decode_entry(std::uint64_t seq, ByteView bytes) {
  BinaryReader in(bytes);
  Decoded decoded;
  decoded.link_key = in.number_as<KeyId>();
  decoded.entry.seq = seq;
  decoded.entry.at = in.time();
  decoded.entry.actor = in.text();
  decoded.entry.action = in.text();
  const std::size_t count = in.count(kMostDetails);
  for (std::size_t i = 0; i < count; ++i) {
    std::string name = in.text();
    decoded.entry.details.emplace_back(std::move(name), in.text());
  }
  if (!in.finished()) return std::nullopt;
  return decoded;
}

Digest link_of(const Key& key, const Digest& before, const WalletId& wallet, std::uint64_t seq,
               ByteView entry) {
  BinaryWriter number;
  number.number(seq);
  return keyed_hash(key.material.expose(), "audit-link",
                    {before, wallet.bits().bytes, number.take(), entry});
}

struct OpenedRow {
  Bytes plain;
  Decoded decoded;
};

Result<OpenedRow> open_row(const Vault& vault, const WalletId& wallet, const AuditRow& row) {
  const std::string owner = wallet.text();
  const std::string field = std::to_string(row.seq);
  TRY_VALUE(auto plain, vault.sealer.open(Purpose::audit, {"audit", owner, field}, row.record));
  auto decoded = decode_entry(row.seq, plain);
  if (!decoded) {
    return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.",
                OperatorText{"audit " + owner + "/" + field + ": layout is not known"});
  }
  return OpenedRow{std::move(plain), std::move(*decoded)};
}

bool is_linked(const Vault& vault, const WalletId& wallet, const AuditRow& row,
               const OpenedRow& opened, const Digest& before) {
  const auto key = vault.keyring.find(Purpose::audit, opened.decoded.link_key);
  if (!key) return false;
  const Digest expected = link_of(**key, before, wallet, row.seq, opened.plain);
  return equal_constant_time(expected, row.link);
}

/// Repeats if the current key changed between sealing and linking, because one key must do both.
Result<AuditRow> make_row(const Vault& vault, const WalletId& wallet, const Digest& before,
                          const AuditEntry& entry) {
  const std::string owner = wallet.text();
  const std::string field = std::to_string(entry.seq);
  for (;;) {
    TRY_VALUE(const auto key, vault.keyring.current(Purpose::audit));
    const Bytes plain = encode_entry(entry, key->id);
    TRY_VALUE(auto sealed, vault.sealer.seal(Purpose::audit, {"audit", owner, field}, plain));
    if (key_of(sealed) != key->id) continue;
    return AuditRow{.seq = entry.seq,
                    .record = std::move(sealed),
                    .link = link_of(*key, before, wallet, entry.seq, plain)};
  }
}

}  // namespace

Error broken_audit_chain(const WalletId& wallet, std::uint64_t seq) {
  return make_error(ErrorCode::record_corrupt, "A stored record cannot be opened.",
                    OperatorText{"audit " + wallet.text() + ": the chain is broken at entry " +
                                 std::to_string(seq)});
}

Result<AuditRow> seal_audit_entry(const Vault& vault, Wallet& wallet, AuditEntry entry) {
  entry.seq = wallet.audit.seq + 1;
  auto row = make_row(vault, wallet.id, wallet.audit.link, entry);
  if (row) wallet.audit = {row->seq, row->link};
  return row;
}

Result<std::optional<OpenedEntry>> open_audit_entry(const Vault& vault, const WalletId& wallet,
                                                    const AuditRow& row, const AuditHead& before) {
  auto opened = open_row(vault, wallet, row);
  if (!opened && opened.error().code == KeyError::vault_sealed) {
    return fail(std::move(opened.error()));
  }
  if (!opened) return std::nullopt;
  const bool follows =
      row.seq == before.seq + 1 && is_linked(vault, wallet, row, *opened, before.link);
  return OpenedEntry{.entry = std::move(opened->decoded.entry), .follows = follows};
}

Status relink_audit_log(const Vault& vault, const WalletId& wallet,
                        const std::vector<AuditRow>& rows, RelinkedLog& log) {
  if (log.rows.empty()) log.rows.reserve(rows.size());
  for (const AuditRow& row : rows) {
    TRY_VALUE(const auto opened, open_audit_entry(vault, wallet, row, log.old_head));
    if (!opened || !opened->follows) {
      return fail(broken_audit_chain(wallet, log.old_head.seq + 1));
    }
    TRY_VALUE(auto made, make_row(vault, wallet, log.new_head.link, opened->entry));
    log.old_head = {row.seq, row.link};
    log.new_head = {made.seq, made.link};
    log.rows.push_back(std::move(made));
  }
  return {};
}

}  // namespace cardvault
