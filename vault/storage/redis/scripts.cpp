#include "vault/storage/redis/scripts.h"

namespace cardvault::redis_scripts {
namespace {

// An image has no claims, so the wallet keeps its own; kAddClaim adds more. All fields are computed
// before DEL, so that a failure changes nothing.
constexpr std::string_view kImportWallet = R"lua(
local key, version, due, record, pans = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local rows = tonumber(ARGV[5])
local old = redis.call('HGET', key, 'w')
local claims = old and string.sub(old, 25, 25 + 33 * string.byte(old, 25)) or string.char(0)
local head = version .. struct.pack('>I8', due) .. struct.pack('>I8', rows) .. claims
local fields = {'w', head .. record}
if pans ~= '' then fields[#fields + 1] = 'p'; fields[#fields + 1] = pans end
for first = 1, rows, 8 do
  fields[#fields + 1] = string.format('a%d', (first - 1) / 8)
  fields[#fields + 1] = table.concat(ARGV, '', 5 + first, 5 + math.min(rows, first + 7))
end
redis.call('DEL', key)
for i = 1, #fields, 2 do redis.call('HSET', key, fields[i], fields[i + 1]) end
return old and struct.unpack('>I8', old, 9) ~= 0 and 'due' or ''
)lua";

constexpr std::string_view kAddClaim = R"lua(
local old, claim = redis.call('HGET', KEYS[1], 'w'), ARGV[1]
if not old then return {} end
local count = string.byte(old, 25)
for i = 1, count do
  if string.sub(old, 33 * i - 7, 33 * i + 25) == claim then return {} end
end
redis.call('HSET', KEYS[1], 'w',
  string.sub(old, 1, 24) .. string.char(count + 1) .. claim .. string.sub(old, 26))
return {}
)lua";

// For a unique kind it answers another wallet's entry and does not overwrite it; the caller then
// runs kSettleClaim on that wallet. The score only rises. If a late, older commit could lower it,
// kReleaseIndex would remove an entry that a newer version wants.
constexpr std::string_view kClaimIndex = R"lua(
local wallet, version = ARGV[1], tonumber(ARGV[2])
if ARGV[3] == '1' then
  local holders = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
  for i = 1, #holders, 2 do
    if holders[i] ~= wallet then return {holders[i], holders[i + 1]} end
  end
end
local present = redis.call('ZSCORE', KEYS[1], wallet)
if not present or tonumber(present) < version then redis.call('ZADD', KEYS[1], version, wallet) end
return {}
)lua";

constexpr std::string_view kReleaseIndex = R"lua(
local present = redis.call('ZSCORE', KEYS[1], ARGV[1])
if present and tonumber(present) <= tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
return {}
)lua";

// Decides whether another wallet's index entry counts. 'held': its record has the claim. 'stray':
// its version has reached `wanted` without the claim, so the commit failed or the entry was given
// up. 'pending': the commit may still come. With `final` the script prevents that commit: it raises
// the version, so that the commit conflicts. If the wallet does not exist, it sets the field 'f'
// for a day, and kCommitWallet then refuses to create the wallet.
constexpr std::string_view kSettleClaim = R"lua(
local key, claim, wanted, final = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local old = redis.call('HGET', key, 'w')
if not old then
  if redis.call('HEXISTS', key, 'f') == 1 then return 'stray' end
  if not final then return 'pending' end
  redis.call('HSET', key, 'f', '1')
  redis.call('EXPIRE', key, 86400)
  return 'stray'
end
for i = 1, string.byte(old, 25) do
  if string.sub(old, 33 * i - 7, 33 * i + 25) == claim then return 'held' end
end
local version = struct.unpack('>I8', old, 1)
if version >= wanted then return 'stray' end
if not final then return 'pending' end
redis.call('HSET', key, 'w', struct.pack('>I8', version + 1) .. string.sub(old, 9))
return 'stray'
)lua";

// Runs before the commit, so it may only make the wallet due earlier, never later. If the commit
// does not happen, the entry is too early, which costs one look.
constexpr std::string_view kPrepareDue = R"lua(
local due, ids, versions = KEYS[1], KEYS[2], KEYS[3]
local wallet, wanted, version = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local present = redis.call('ZSCORE', due, wallet)
if not present or tonumber(present) > wanted then redis.call('ZADD', due, wanted, wallet) end
redis.call('ZADD', ids, 0, wallet)
local last = redis.call('HGET', versions, wallet)
if not last or tonumber(last) < version then redis.call('HSET', versions, wallet, ARGV[3]) end
return {}
)lua";

// Runs after the commit. Two processes may call it in the wrong order, so an older version than the
// last one changes nothing. Due number 0 means that the wallet is not due.
constexpr std::string_view kSettleDue = R"lua(
local due, ids, versions, holds = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local wallet, version = ARGV[1], tonumber(ARGV[3])
local last = redis.call('HGET', versions, wallet)
if last and tonumber(last) > version then return {} end
if ARGV[2] == '0' then
  redis.call('ZREM', due, wallet)
  redis.call('ZREM', ids, wallet)
  redis.call('HDEL', versions, wallet)
  redis.call('HDEL', holds, wallet)
  return {}
end
redis.call('ZADD', due, ARGV[2], wallet)
redis.call('ZADD', ids, 0, wallet)
redis.call('HSET', versions, wallet, ARGV[3])
if ARGV[4] == '1' then redis.call('HDEL', holds, wallet) end
return {}
)lua";

// Reads in pages, because held wallets may come first. `free` has two elements per wallet. A hold
// that ends after `beyond` was made before the clock was set back, so it is ignored.
constexpr std::string_view kPeekDue = R"lua(
local due, holds = KEYS[1], KEYS[2]
local now, beyond, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local free, offset, page_size = {}, 0, 100
while #free < 2 * limit do
  local page = redis.call('ZRANGEBYSCORE', due, '-inf', ARGV[1], 'WITHSCORES',
    'LIMIT', offset, page_size)
  for i = 1, #page, 2 do
    local held = tonumber(redis.call('HGET', holds, page[i]) or '0')
    if (held <= now or held > beyond) and #free < 2 * limit then
      free[#free + 1] = page[i]
      free[#free + 1] = page[i + 1]
    end
  end
  if #page < 2 * page_size then break end
  offset = offset + page_size
end
return free
)lua";

// Repeats the checks of kPeekDue, because another process may have held a wallet since. This script
// alone decides who holds it.
constexpr std::string_view kHoldDue = R"lua(
local due, holds = KEYS[1], KEYS[2]
local now, beyond = tonumber(ARGV[1]), tonumber(ARGV[2])
local taken = {}
for i = 4, #ARGV do
  local wallet = ARGV[i]
  local at = redis.call('ZSCORE', due, wallet)
  local held = tonumber(redis.call('HGET', holds, wallet) or '0')
  if at and tonumber(at) <= now and (held <= now or held > beyond) then
    redis.call('HSET', holds, wallet, ARGV[3])
    taken[#taken + 1] = wallet
  end
end
return taken
)lua";

constexpr std::string_view kSaveVaultRecord = R"lua(
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 'conflict' end
redis.call('SET', KEYS[1], ARGV[2] .. ARGV[3])
return 'committed'
)lua";

}  // namespace

const Script& import_wallet() {
  static const Script script(kImportWallet);
  return script;
}

const Script& add_claim() {
  static const Script script(kAddClaim);
  return script;
}

const Script& claim_index() {
  static const Script script(kClaimIndex);
  return script;
}

const Script& release_index() {
  static const Script script(kReleaseIndex);
  return script;
}

const Script& settle_claim() {
  static const Script script(kSettleClaim);
  return script;
}

const Script& prepare_due() {
  static const Script script(kPrepareDue);
  return script;
}

const Script& settle_due() {
  static const Script script(kSettleDue);
  return script;
}

const Script& peek_due() {
  static const Script script(kPeekDue);
  return script;
}

const Script& hold_due() {
  static const Script script(kHoldDue);
  return script;
}

const Script& save_vault_record() {
  static const Script script(kSaveVaultRecord);
  return script;
}

}  // namespace cardvault::redis_scripts
