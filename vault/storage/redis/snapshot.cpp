#include "vault/storage/redis/snapshot.h"

#include <algorithm>

#include "vault/storage/redis/wallet_value.h"

namespace cardvault {

Result<std::optional<WalletSnapshot>> read_redis_snapshot(RedisClient& client,
                                                          const WalletId& wallet,
                                                          const SnapshotParts& parts) {
  const std::size_t limit = std::min(parts.audit_limit, kMostRowsInSnapshot);
  const std::uint64_t first = parts.audit_after / kAuditEntriesInAField;
  const std::uint64_t past =
      limit == 0 ? first : (parts.audit_after + limit - 1) / kAuditEntriesInAField + 1;
  Command command("HMGET");
  command.key(wallet_key(wallet)).word("w");
  for (auto field = first; field < past; ++field) command.word(audit_field(field));
  if (parts.pans) command.word("p");
  TRY_VALUE(const auto reply, client.run(command, Effort::read));
  if (reply.is_nil(0)) return std::nullopt;
  TRY_VALUE(auto value, parse_wallet_value(reply.text(0)));
  WalletSnapshot snapshot;
  snapshot.wallet = {.version = value.version, .record = std::move(value.record)};
  std::size_t at = 1;
  for (auto field = first; field < past; ++field) {
    static_cast<void>(
        read_audit_field(reply.text(at++), field * kAuditEntriesInAField + 1, snapshot.audit));
  }
  if (parts.pans) static_cast<void>(read_pans(reply.text(at), snapshot.pans));
  std::erase_if(snapshot.audit, [&](const AuditRow& row) { return row.seq <= parts.audit_after; });
  if (snapshot.audit.size() > limit) snapshot.audit.resize(limit);
  return snapshot;
}

}  // namespace cardvault
