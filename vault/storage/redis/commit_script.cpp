#include "vault/storage/redis/scripts.h"

namespace cardvault::redis_scripts {
namespace {

// The script checks everything before its first write, because Redis does not undo writes if a
// script fails later. So it counts the entries in the last field of the audit log. PAN records that
// are cut short stay behind the others.
//
// If index or due queue must be written first (a new claim, an earlier due time) and are not
// prepared, it changes nothing and answers 'prepare'. The offsets are those of wallet_value.h:
// version at 1, due at 9, number of audit entries at 17, number of claims at 25, then 33 bytes per
// claim.
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
  local number = 0
  while number * 8 < entries or redis.call('HEXISTS', key, string.format('a%d', number)) == 1 do
    redis.call('HDEL', key, string.format('a%d', number))
    number = number + 1
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

}  // namespace

const Script& commit_wallet() {
  static const Script script(kCommitWallet);
  return script;
}

}  // namespace cardvault::redis_scripts
