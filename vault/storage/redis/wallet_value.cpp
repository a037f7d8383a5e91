#include "vault/storage/redis/wallet_value.h"

#include <algorithm>
#include <charconv>

#include "vault/wallet/storable_time.h"

namespace cardvault {
namespace {

/// Numbers in Lua scripts are doubles.
constexpr std::uint64_t kMostCounted = std::uint64_t{1} << 53U;
/// The stored form of 9999-12-31T23:59:59.999Z.
constexpr std::int64_t kLatestDue = 253'402'300'800'000;
static_assert(is_storable(Time(std::chrono::milliseconds(kLatestDue - 1))));
static_assert(!is_storable(Time(std::chrono::milliseconds(kLatestDue))));

bool is_version(std::uint64_t number) {
  return number > 0 && number <= kMostCounted;
}

std::uint64_t number_at(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8U) | static_cast<std::uint8_t>(c);
  return value;
}

std::string big_endian(std::uint64_t value, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = size; i > 0; --i) {
    bytes[i - 1] = static_cast<char>(value & 0xFFU);
    value >>= 8U;
  }
  return bytes;
}

SealedRecord record_of(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  return SealedRecord::from_storage(Bytes(bytes.begin(), bytes.end()));
}

std::unexpected<Error> damaged(const std::string& what) {
  return fail(ErrorCode::record_corrupt, "Stored data is damaged.", OperatorText{"redis: " + what});
}

std::unexpected<Error> cut_short(const char* what) {
  return damaged(std::string(what) + " is cut short");
}

/// Takes parts from the front. After a part is missing, all further parts are empty.
class Parts {
 public:
  explicit Parts(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::size_t size) {
    if (size > rest_.size()) {
      broken_ = true;
      rest_ = {};
      return {};
    }
    const auto part = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return part;
  }
  std::uint64_t number(std::size_t size) { return number_at(take(size)); }
  std::string_view rest() { return take(rest_.size()); }
  template <class Array>
  void fill(Array& out) {
    const auto part = take(out.size());
    std::ranges::copy(as_bytes(part), out.begin());
  }
  [[nodiscard]] bool more() const { return !rest_.empty(); }
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  std::string_view rest_;
  bool broken_ = false;
};

}  // namespace

std::string wallet_key(const WalletId& wallet) {
  std::string key = "cv:{";
  wallet.bits().append_to(key);
  return key += '}';
}

std::string vault_record_key(VaultRecord which) {
  return "cv:v:{" + std::to_string(static_cast<int>(which)) + "}";
}

std::string index_key_bytes(const IndexKey& key) {
  std::string bytes(1, static_cast<char>(key.kind));
  return bytes += as_text(key.value);
}

std::string index_key_name(const IndexKey& key) {
  return "cv:i:" + index_key_bytes(key);
}

Result<IndexKey> parse_index_key(std::string_view bytes) {
  Parts parts(bytes);
  IndexKey key;
  key.kind = static_cast<IndexKind>(parts.number(1));
  parts.fill(key.value);
  if (parts.broken() || parts.more()) return cut_short("an index entry");
  return key;
}

std::string eight_bytes(std::uint64_t value) {
  return big_endian(value, 8);
}

std::string id_bytes(const WalletId& wallet) {
  return std::string(as_text(wallet.bits().bytes));
}

Result<WalletId> wallet_id_of(std::string_view bytes) {
  IdBits bits;
  Parts parts(bytes);
  parts.fill(bits.bytes);
  if (parts.broken() || parts.more()) return cut_short("a wallet id");
  return WalletId(bits);
}

Result<std::vector<WalletId>> wallets_of(const Reply& ids) {
  std::vector<WalletId> wallets;
  wallets.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    TRY_VALUE(const auto wallet, wallet_id_of(ids.text(i)));
    wallets.push_back(wallet);
  }
  return wallets;
}

std::int64_t due_number(const std::optional<Time>& due) {
  if (!due) return 0;
  return std::clamp<std::int64_t>(due->time_since_epoch().count(), 0, kLatestDue - 1) + 1;
}

Result<WalletValue> parse_wallet_value(std::string_view bytes) {
  Parts parts(bytes);
  WalletValue value;
  value.version = parts.number(8);
  const auto due = parts.number(8);
  value.audit_entries = parts.number(8);
  value.claims.resize(parts.number(1));
  for (IndexKey& claim : value.claims) {
    claim.kind = static_cast<IndexKind>(parts.number(1));
    parts.fill(claim.value);
  }
  if (parts.broken()) return cut_short("a wallet");
  const bool possible = is_version(value.version) && value.audit_entries <= kMostCounted &&
                        due <= std::uint64_t{kLatestDue};
  if (!possible) return damaged("a wallet's version, due time or number of entries is impossible");
  if (due > 0) value.due = Time(std::chrono::milliseconds(static_cast<std::int64_t>(due) - 1));
  value.record = record_of(parts.rest());
  return value;
}

std::string wallet_value_bytes(const WalletValue& value) {
  std::string bytes = eight_bytes(value.version);
  bytes += eight_bytes(static_cast<std::uint64_t>(due_number(value.due)));
  bytes += eight_bytes(value.audit_entries);
  bytes += static_cast<char>(value.claims.size());
  for (const IndexKey& claim : value.claims) bytes += index_key_bytes(claim);
  return bytes += as_text(value.record.bytes());
}

Result<std::vector<std::pair<CardId, SealedRecord>>> parse_pans(std::string_view bytes) {
  std::vector<std::pair<CardId, SealedRecord>> pans;
  if (!read_pans(bytes, pans)) return cut_short("a PAN record");
  return pans;
}

bool read_pans(std::string_view bytes, std::vector<std::pair<CardId, SealedRecord>>& pans) {
  Parts parts(bytes);
  while (parts.more()) {
    IdBits card;
    parts.fill(card.bytes);
    const auto size = parts.number(4);
    const auto record = parts.take(size);
    if (parts.broken()) return false;
    pans.emplace_back(CardId(card), record_of(record));
  }
  return true;
}

std::string pan_entry_bytes(const CardId& card, const SealedRecord& record) {
  std::string bytes(as_text(card.bits().bytes));
  bytes += big_endian(record.bytes().size(), 4);
  return bytes += as_text(record.bytes());
}

std::string audit_entry_bytes(const AuditRow& row) {
  std::string bytes = big_endian(row.record.bytes().size(), 4);
  bytes += as_text(row.link);
  return bytes += as_text(row.record.bytes());
}

Result<std::vector<AuditRow>> parse_audit_field(std::string_view bytes, std::uint64_t first) {
  std::vector<AuditRow> rows;
  if (!read_audit_field(bytes, first, rows)) return cut_short("an audit entry");
  return rows;
}

bool read_audit_field(std::string_view bytes, std::uint64_t first, std::vector<AuditRow>& rows) {
  Parts parts(bytes);
  while (parts.more()) {
    AuditRow row;
    row.seq = first++;
    const auto size = parts.number(4);
    parts.fill(row.link);
    row.record = record_of(parts.take(size));
    if (parts.broken()) return false;
    rows.push_back(std::move(row));
  }
  return true;
}

std::string audit_field(std::uint64_t number) {
  return "a" + std::to_string(number);
}

Result<std::uint64_t> parse_audit_field_name(std::string_view name) {
  std::uint64_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + 1, end, number);
  if (error != std::errc{} || stop != end || number > kMostCounted / kAuditEntriesInAField) {
    return damaged("a wallet's hash has an unknown field");
  }
  return number;
}

Result<StoredWallet> parse_vault_record(std::string_view bytes) {
  Parts parts(bytes);
  const auto version = parts.number(8);
  if (parts.broken()) return cut_short("a record of the vault");
  if (!is_version(version)) return damaged("the version of a record of the vault is impossible");
  return StoredWallet{.version = version, .record = record_of(parts.rest())};
}

}  // namespace cardvault
