# A vault of a script's own and the sandbox that plays its channels: private files, servers on free
# loopback ports, stopped by their pids.
# To be sourced.
# shellcheck shell=bash disable=SC2034  # variables are for whoever sources this

# CARDVAULT_BUILD names another build directory than build/release.
cardvault=${CARDVAULT_BUILD:-build/release}/cardvault
sandbox=${CARDVAULT_BUILD:-build/release}/cardvault-sandbox

# What this writes is for its owner only, client keys and tokens among it.
umask 077

# init_vault DIR HEADER_FILE: a new vault; its first client's key becomes a header for curl.
init_vault() {
  "$cardvault" init --data "$1" --json | jq -r '"Authorization: Bearer " + .client_key' >"$2"
}

# start_server LOG COMMAND...: runs it and sets server_pid. The kernel chooses the ports; the server
# says them in the first line of its output, which is then in LOG.ports.
start_server() {
  local log=$1
  shift
  : >"$log.ports"
  nohup "$@" </dev/null >"$log.ports" 2>"$log" &
  server_pid=$!
  local tries=1000
  until grep -q listen "$log.ports"; do
    if ((--tries == 0)) || ! kill -0 "$server_pid" 2>/dev/null; then
      cat "$log" >&2
      echo "the server did not start" >&2
      return 1
    fi
    sleep 0.01
  done
}

# start_vault DIR LOG [OPTION...]: serves DIR and sets vault_pid, vault_url, admin_url.
start_vault() {
  local data=$1 log=$2
  shift 2
  start_server "$log" "$cardvault" serve --data "$data" --listen 127.0.0.1:0 \
    --admin-listen 127.0.0.1:0 --json "$@"
  vault_pid=$server_pid
  vault_url=http://$(jq -r .listen "$log.ports")
  admin_url=http://$(jq -r .admin_listen "$log.ports")
}

# start_sandbox CHANNELS_FILE LOG [OPTION...]: plays the channels that it writes into the file; sets
# sandbox_pid and sandbox_url. It still has to be told where the vault is (POST /control/vault).
start_sandbox() {
  local channels=$1 log=$2
  shift 2
  start_server "$log" "$sandbox" --listen 127.0.0.1:0 --write-channels "$channels" --json "$@"
  sandbox_pid=$server_pid
  sandbox_url=http://$(jq -r .listen "$log.ports")
}

# stop_process PID: asks, then waits until it is gone; after half a minute it is killed.
stop_process() {
  local pid=$1 tries=300
  kill "$pid" 2>/dev/null || return 0
  # One that has ended may wait for a parent that never asks.
  while kill -0 "$pid" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null; do
    ((--tries)) || kill -KILL "$pid" 2>/dev/null || true
    sleep 0.1
  done
  wait "$pid" 2>/dev/null || true
}
