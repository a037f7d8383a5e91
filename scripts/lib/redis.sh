# A Redis server for one script, on a free loopback port, with its files in $scratch. It keeps every
# acknowledged write: the write is in its file before the answer.
# Before sourcing this, `scratch` must name a private directory.
# shellcheck shell=bash disable=SC2034  # variables are for the script that sources this

# start_redis: sets redis_pid, redis_port and redis_url.
start_redis() {
  local tries=20
  mkdir -p "$scratch/redis"
  until redis_starts_at $((20000 + RANDOM % 30000)); do
    ((--tries)) || { cat "$scratch/redis.log" >&2; return 1; }
  done
  redis_url=redis://127.0.0.1:$redis_port
}

# Fails if the port is taken.
redis_starts_at() {
  local tries=200
  redis_port=$1
  redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$scratch/redis" --save '' \
    --appendonly yes --appendfsync always --maxmemory-policy noeviction \
    </dev/null >"$scratch/redis.log" 2>&1 &
  redis_pid=$!
  until [[ $(ask_redis PING 2>/dev/null) == PONG ]]; do
    kill -0 "$redis_pid" 2>/dev/null || return 1
    ((--tries)) || { stop_process "$redis_pid"; return 1; }
    sleep 0.05
  done
  # Another server may answer at this port; check that it is this one.
  [[ $(redis_info server process_id) == "$redis_pid" ]]
}

ask_redis() { redis-cli -h 127.0.0.1 -p "$redis_port" "$@"; }

# redis_info SECTION NAME
redis_info() { ask_redis INFO "$1" | tr -d '\r' | sed -n "s/^$2://p"; }
