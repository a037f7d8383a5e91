#include "vault/use_cases/audit_log.h"

#include <array>

#include "vault/use_cases/wallet_change.h"
#include "vault/wallet/binary.h"

namespace cardvault {
namespace {

constexpr std::size_t kWalkStep = 256;
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
  auto plain = vault.sealer.open(Purpose::audit, {"audit", owner, field}, row.record);
  if (!plain) return fail(plain.error());
  auto decoded = decode_entry(row.seq, *plain);
  if (!decoded) {
    return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.",
                OperatorText{"audit " + owner + "/" + field + ": layout is not known"});
  }
  return OpenedRow{std::move(*plain), std::move(*decoded)};
}

/// `row` when it is number `seq` of a log whose link before is `before`.
std::optional<OpenedRow> link_in_chain(const Vault& vault, const WalletId& wallet,
                                       const AuditRow& row, std::uint64_t seq,
                                       const Digest& before) {
  if (row.seq != seq) return std::nullopt;
  auto opened = open_row(vault, wallet, row);
  if (!opened) return std::nullopt;
  const auto key = vault.keyring.find(Purpose::audit, opened->decoded.link_key);
  if (!key) return std::nullopt;
  const Digest expected = link_of(**key, before, wallet, row.seq, opened->plain);
  if (!equal_constant_time(expected, row.link)) return std::nullopt;
  return std::move(*opened);
}

/// Again when the keys changed between the sealing and the linking.
Result<AuditRow> make_row(const Vault& vault, const WalletId& wallet, const Digest& before,
                          const AuditEntry& entry) {
  const std::string owner = wallet.text();
  const std::string field = std::to_string(entry.seq);
  for (;;) {
    const auto key = vault.keyring.current(Purpose::audit);
    if (!key) return fail(key.error());
    const Bytes plain = encode_entry(entry, (*key)->id);
    auto sealed = vault.sealer.seal(Purpose::audit, {"audit", owner, field}, plain);
    if (!sealed) return fail(sealed.error());
    if (key_of(*sealed) != (*key)->id) continue;
    return AuditRow{.seq = entry.seq,
                    .record = std::move(*sealed),
                    .link = link_of(**key, before, wallet, entry.seq, plain)};
  }
}

std::unexpected<Error> broken_at(const WalletId& wallet, std::uint64_t seq) {
  return fail(ErrorCode::record_corrupt, "A stored record cannot be opened.",
              OperatorText{"audit " + wallet.text() + ": the chain is broken at entry " +
                           std::to_string(seq)});
}

/// False when there are entries that the wallet's head does not know: the wallet record is an older
/// one. Entries that a change wrote since the head was read are not meant.
Result<bool> nothing_after(const Vault& vault, const WalletId& wallet, const AuditHead& head) {
  const auto rows = vault.store.read_audit(wallet, head.seq, 1);
  if (!rows) return fail(rows.error());
  if (rows->empty()) return true;
  const auto opened = open_wallet(vault, wallet);
  if (!opened) return fail(opened.error());
  return opened->wallet.audit != head;
}

}  // namespace

Result<AuditRow> seal_audit_entry(const Vault& vault, Wallet& wallet, AuditEntry entry) {
  entry.seq = wallet.audit.seq + 1;
  auto row = make_row(vault, wallet.id, wallet.audit.link, entry);
  if (row) wallet.audit = {row->seq, row->link};
  return row;
}

Result<AuditEntry> open_audit_entry(const Vault& vault, const WalletId& wallet,
                                    const AuditRow& row) {
  auto opened = open_row(vault, wallet, row);
  if (!opened) return fail(std::move(opened.error()));
  return std::move(opened->decoded.entry);
}

Result<std::vector<AuditRow>> relink_audit_log(const Vault& vault, Wallet& wallet,
                                               const std::vector<AuditRow>& rows) {
  std::vector<AuditRow> anew;
  anew.reserve(rows.size());
  AuditHead old_head;
  AuditHead new_head;
  for (const AuditRow& row : rows) {
    const auto opened = link_in_chain(vault, wallet.id, row, old_head.seq + 1, old_head.link);
    if (!opened) return broken_at(wallet.id, old_head.seq + 1);
    auto made = make_row(vault, wallet.id, new_head.link, opened->decoded.entry);
    if (!made) return fail(std::move(made.error()));
    old_head = {row.seq, row.link};
    new_head = {made->seq, made->link};
    anew.push_back(std::move(*made));
  }
  if (old_head != wallet.audit) return broken_at(wallet.id, old_head.seq + 1);
  wallet.audit = new_head;
  return anew;
}

Result<AuditPage> read_audit(const Vault& vault, const WalletId& wallet, std::uint64_t after,
                             std::size_t limit) {
  if (const auto opened = open_wallet(vault, wallet); !opened) return fail(opened.error());
  const auto rows = vault.store.read_audit(wallet, after, limit + 1);
  if (!rows) return fail(rows.error());
  AuditPage page;
  page.has_more = rows->size() > limit;
  for (const AuditRow& row : *rows) {
    if (page.entries.size() == limit) break;
    auto entry = open_audit_entry(vault, wallet, row);
    if (!entry) return fail(std::move(entry.error()));
    page.entries.push_back(std::move(*entry));
  }
  return page;
}

Result<ChainCheck> check_audit_chain(const Vault& vault, const WalletId& wallet) {
  const auto opened = open_wallet(vault, wallet);
  if (!opened) return fail(opened.error());
  const AuditHead& head = opened->wallet.audit;
  ChainCheck check;
  Digest before{};
  while (check.entries < head.seq) {
    const auto rows = vault.store.read_audit(wallet, check.entries, kWalkStep);
    if (!rows) return fail(rows.error());
    for (const AuditRow& row : *rows) {
      if (check.entries == head.seq) break;
      const std::uint64_t seq = check.entries + 1;
      if (!link_in_chain(vault, wallet, row, seq, before)) {
        check.first_broken = seq;
        return check;
      }
      before = row.link;
      check.entries = seq;
    }
    if (rows->empty()) break;
  }
  check.intact = check.entries == head.seq && before == head.link;
  if (check.intact) {
    const auto fits = nothing_after(vault, wallet, head);
    if (!fits) return fail(fits.error());
    check.intact = *fits;
  }
  if (!check.intact) check.first_broken = check.entries + 1;
  return check;
}

}  // namespace cardvault
