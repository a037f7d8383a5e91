# A vault for one script and the sandbox that plays its channels: private files, and servers on free
# loopback ports that are stopped by their pids.
# Source this file.
# shellcheck shell=bash disable=SC2034  # variables are for the script that sources this

# CARDVAULT_BUILD names a build directory other than build/release.
cardvault=${CARDVAULT_BUILD:-build/release}/cardvault
sandbox=${CARDVAULT_BUILD:-build/release}/cardvault-sandbox

# Files are readable only by their owner, because they hold client keys and tokens.
umask 077

# init_vault DIR HEADER_FILE: makes a vault; writes its first client's key as a header for curl.
init_vault() {
  "$cardvault" init --data "$1" --json | jq -r '"Authorization: Bearer " + .client_key' >"$2"
}

# start_server LOG COMMAND...: starts a server and sets server_pid. The kernel chooses the ports.
# The first line of the server's output names them; it is in LOG.ports.
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
# sandbox_pid and sandbox_url. Tell it the vault's address afterwards (POST /control/vault).
start_sandbox() {
  local channels=$1 log=$2
  shift 2
  start_server "$log" "$sandbox" --listen 127.0.0.1:0 --write-channels "$channels" --json "$@"
  sandbox_pid=$server_pid
  sandbox_url=http://$(jq -r .listen "$log.ports")
}

# stop_process PID: sends SIGTERM and waits until the process is gone; kills it after 30 seconds.
stop_process() {
  local pid=$1 tries=300
  kill "$pid" 2>/dev/null || return 0
  # A process that has ended may stay a zombie if its parent never waits for it.
  while kill -0 "$pid" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null; do
    ((--tries)) || kill -KILL "$pid" 2>/dev/null || true
    sleep 0.1
  done
  wait "$pid" 2>/dev/null || true
}
