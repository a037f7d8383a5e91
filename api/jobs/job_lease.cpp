#include "api/jobs/job_lease.h"

#include <array>
#include <optional>

namespace cardvault::api {
namespace {

constexpr RecordContext kContext{.kind = "key_job", .owner = "", .field = ""};
using Plain = std::array<std::uint8_t, 8>;

Plain encode(Time until) {
  auto rest = static_cast<std::uint64_t>(until.time_since_epoch().count());
  Plain plain{};
  for (std::size_t i = plain.size(); i > 0; --i, rest >>= 8U) {
    plain.at(i - 1) = static_cast<std::uint8_t>(rest & 0xffU);
  }
  return plain;
}

std::optional<Time> decode(ByteView bytes) {
  if (bytes.size() != Plain{}.size()) return std::nullopt;
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = (value << 8U) | byte;
  return Time{std::chrono::milliseconds{static_cast<std::int64_t>(value)}};
}

}  // namespace

Result<bool> JobLease::begin() {
  TRY_VALUE(const auto stored, vault_.store.load_vault_record(VaultRecord::key_job));
  version_ = stored ? stored->version : 0;
  const Time now = vault_.clock.now();
  if (stored) {
    const auto plain = vault_.sealer.open(Purpose::wallet_records, kContext, stored->record);
    const auto until = plain ? decode(*plain) : std::nullopt;
    if (until && now < *until && *until <= now + kRest + kTerm) return false;
  }
  return write(now + kTerm);
}

void JobLease::renew(Seconds time) {
  (void)write(vault_.clock.now() + time);
}

Result<bool> JobLease::write(Time until) {
  TRY_VALUE(const auto sealed,
            vault_.sealer.seal(Purpose::wallet_records, kContext, encode(until)));
  TRY_VALUE(const auto saved,
            vault_.store.save_vault_record(VaultRecord::key_job, version_, sealed));
  const bool written = saved == CommitOutcome::committed;
  if (written) ++version_;
  return written;
}

}  // namespace cardvault::api
