#include "vault/store/redis/scripts.h"

namespace cardvault::redis_scripts {
namespace {

constexpr std::string_view kCommitWallet = R"lua(
local key = KEYS[1]
local place = 0
local function take() place = place + 1; return ARGV[place] end
local function take_list()
  local list = {}
  for i = 1, tonumber(take()) do list[i] = take() end
  return list
end

local expected, version, due, record = take(), take(), tonumber(take()), take()
local prepared, other_entries = take() == '1', take() == '1'
local old = redis.call('HGET', key, 'w')
if (old and string.sub(old, 1, 8) or '') ~= expected then return {'conflict'} end
if not old and redis.call('HEXISTS', key, 'f') == 1 then return {'conflict'} end

local old_due, entries, claims = 0, 0, {}
if old then
  old_due = struct.unpack('>I8', old, 9)
  entries = struct.unpack('>I8', old, 17)
  for i = 1, string.byte(old, 25) do claims[i] = string.sub(old, 33 * i - 7, 33 * i + 25) end
end

local removed = {}
for _, claim in ipairs(take_list()) do removed[claim] = true end
local added = take_list()
local has = {}
for _, claim in ipairs(claims) do has[claim] = true end
local unclaimed = other_entries
for _, claim in ipairs(added) do unclaimed = unclaimed or not has[claim] end
local earlier = due ~= 0 and (old_due == 0 or due < old_due)

local gone, deleted = {}, take_list()
for _, card in ipairs(deleted) do gone[card] = true end
local put, puts = {}, tonumber(take())
for i = 1, puts do gone[take()] = true; put[i] = take() end
local how, first, rows = take(), tonumber(take()), take_list()
local anew = how ~= '0'
local before = anew and 0 or entries
if how == '1' and #rows ~= entries or #rows > 0 and first ~= before + 1 then return {'audit'} end
local last_field = ''
if not anew and #rows > 0 and entries > 0 then
  local field = string.format('a%d', math.floor((entries - 1) / 8))
  last_field = redis.call('HGET', key, field) or ''
  local count, at = 0, 1
  while at + 3 <= #last_field do
    at = at + 36 + struct.unpack('>I4', last_field, at)
    count = count + 1
  end
  if at ~= #last_field + 1 or count ~= (entries - 1) % 8 + 1 then return {'audit'} end
end
if not prepared and (unclaimed or earlier) then return {'prepare', earlier and '1' or '0'} end

local kept, seen = {}, {}
for _, list in ipairs({claims, added}) do
  for _, claim in ipairs(list) do
    local wanted = list == added or not removed[claim]
    if wanted and not seen[claim] then kept[#kept + 1] = claim; seen[claim] = true end
  end
end
redis.call('HSET', key, 'w', version .. struct.pack('>I8', due) ..
  struct.pack('>I8', before + #rows) .. string.char(#kept) .. table.concat(kept) .. record)

if #deleted + puts > 0 then
  local pans, parts, at = redis.call('HGET', key, 'p') or '', {}, 1
  while at + 19 <= #pans do
    local next_at = at + 20 + struct.unpack('>I4', pans, at + 16)
    if next_at > #pans + 1 then break end
    if not gone[string.sub(pans, at, at + 15)] then
      parts[#parts + 1] = string.sub(pans, at, next_at - 1)
    end
    at = next_at
  end
  for _, pan in ipairs(put) do parts[#parts + 1] = pan end
  if at <= #pans then parts[#parts + 1] = string.sub(pans, at) end
  if #parts > 0 then redis.call('HSET', key, 'p', table.concat(parts))
  else redis.call('HDEL', key, 'p') end
end

if how == '2' then
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if string.sub(field, 1, 1) == 'a' then redis.call('HDEL', key, field) end
  end
end
local i = 1
while i <= #rows do
  local number = before + i - 1
  local in_field = 8 - number % 8
  local field = string.format('a%d', math.floor(number / 8))
  local present = number % 8 > 0 and last_field or ''
  local last = math.min(#rows, i + in_field - 1)
  redis.call('HSET', key, field, present .. table.concat(rows, '', i, last))
  i = i + in_field
end
return {'committed', string.format('%.0f', old_due)}
)lua";

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

const Script& commit_wallet() {
  static const Script script(kCommitWallet);
  return script;
}

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
