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

/// The link that `row` should carry, or nothing when the row does not open.
std::optional<Digest> expected_link(const Vault& vault, const WalletId& wallet, const AuditRow& row,
                                    const Digest& before) {
  const auto opened = open_row(vault, wallet, row);
  if (!opened) return std::nullopt;
  const auto key = vault.keyring.find(Purpose::audit, opened->decoded.link_key);
  if (!key) return std::nullopt;
  return link_of(**key, before, wallet, row.seq, opened->plain);
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

Result<AuditRow> seal_audit_entry(const Vault& vault, Wallet& wallet, const AuditEntry& entry) {
  const auto key = vault.keyring.current(Purpose::audit);
  if (!key) return fail(key.error());
  AuditRow row;
  row.seq = wallet.audit.seq + 1;
  const std::string owner = wallet.id.text();
  const std::string field = std::to_string(row.seq);
  const Bytes plain = encode_entry(entry, (*key)->id);
  auto sealed = vault.sealer.seal(Purpose::audit, {"audit", owner, field}, plain);
  if (!sealed) return fail(sealed.error());
  row.record = std::move(*sealed);
  row.link = link_of(**key, wallet.audit.link, wallet.id, row.seq, plain);
  wallet.audit = {row.seq, row.link};
  return row;
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
    auto opened = open_row(vault, wallet, row);
    if (!opened) return fail(opened.error());
    page.entries.push_back(std::move(opened->decoded.entry));
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
      const auto expected = expected_link(vault, wallet, row, before);
      if (row.seq != seq || !expected || !equal_constant_time(*expected, row.link)) {
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
