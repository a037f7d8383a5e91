-- wrk's requests for scripts/bench, which says by BENCH_LOAD what to send: list, unlock, bind,
-- audit or logout.
-- BENCH_WALLETS names a file of lines "wallet device token", BENCH_BACKEND one with the backend's
-- Authorization header. Prints one line at the end:
--   requests failed seconds p50_us p99_us

local load = os.getenv("BENCH_LOAD")
local threads = 0
local requests = {}
local cards = 0

function setup(thread)
  thread:set("first", threads)
  threads = threads + 1
end

local function backend_headers()
  local headers = {["Content-Type"] = "application/json"}
  for line in io.lines(os.getenv("BENCH_BACKEND")) do
    local name, value = line:match("^(%S+): (.+)$")
    headers[name] = value
  end
  return headers
end

local builders = {}

function builders.list(_, device, token)
  local headers = {["Authorization"] = "Bearer " .. token, ["Device-Id"] = device}
  return wrk.format("GET", "/v1/cards", headers)
end

function builders.unlock(wallet, device)
  local body = '{"device_id":"' .. device .. '","method":"gesture","secret":"0-1-2-5-8"}'
  return wrk.format("POST", "/v1/wallets/" .. wallet .. "/unlock", backend_headers(), body)
end

-- The number of the card is put in place of sixteen nines when it is sent.
function builders.bind(wallet)
  local body = '{"pan":"9999999999999999"}'
  return wrk.format("POST", "/v1/wallets/" .. wallet .. "/cards", backend_headers(), body)
end

function builders.audit(wallet)
  return wrk.format("GET", "/v1/wallets/" .. wallet .. "/audit?limit=1", backend_headers())
end

-- Each is an entry in the wallet's audit log.
function builders.logout(wallet)
  return wrk.format("DELETE", "/v1/wallets/" .. wallet .. "/tokens", backend_headers())
end

function init()
  for line in io.lines(os.getenv("BENCH_WALLETS")) do
    requests[#requests + 1] = builders[load](line:match("^(%S+) (%S+) (%S+)$"))
  end
  -- Threads start at different wallets, and a second run binds different numbers than the first.
  next_one = first * math.floor(#requests / 2)
  cards = os.time() * 10 + first
end

function request()
  next_one = next_one % #requests + 1
  if load ~= "bind" then return requests[next_one] end
  cards = cards + 100
  return (requests[next_one]:gsub("9999999999999999", string.format("62%014d", cards % 1e14)))
end

-- A client that was told "busy" comes back after a while; without this the refused ones would be a
-- second load of their own.
function delay()
  return load == "unlock" and 20 or 0
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  print(string.format("result %d %d %.6f %.1f %.1f", summary.requests, failed,
    summary.duration / 1e6, latency:percentile(50), latency:percentile(99)))
end
