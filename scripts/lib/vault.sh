# A vault of a script's own: private files, a server on free loopback ports, stopped by its pid.
# To be sourced.
# shellcheck shell=bash disable=SC2034  # variables are for whoever sources this

cardvault=build/release/cardvault

# What this writes is for its owner only, client keys and tokens among it.
umask 077

# init_vault DIR HEADER_FILE: a new vault; its first client's key becomes a header for curl.
init_vault() {
  "$cardvault" init --data "$1" --json | jq -r '"Authorization: Bearer " + .client_key' >"$2"
}

# start_vault DIR LOG [OPTION...]: serves DIR and sets vault_pid, vault_url, admin_url. The kernel
# chooses the ports; the server says them in the first line of its output.
start_vault() {
  local data=$1 log=$2
  shift 2
  : >"$log.ports"
  nohup "$cardvault" serve --data "$data" --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --json \
    "$@" </dev/null >"$log.ports" 2>"$log" &
  vault_pid=$!
  local tries=1000
  until grep -q admin_listen "$log.ports"; do
    if ((--tries == 0)) || ! kill -0 "$vault_pid" 2>/dev/null; then
      cat "$log" >&2
      echo "the server did not start" >&2
      return 1
    fi
    sleep 0.01
  done
  vault_url=http://$(jq -r .listen "$log.ports")
  admin_url=http://$(jq -r .admin_listen "$log.ports")
}

# stop_process PID: asks, then waits until it is gone; after half a minute it is killed.
stop_process() {
  local pid=$1 tries=300
  kill "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null && [[ $(ps -o stat= -p "$pid") != Z* ]]; do
    ((--tries)) || kill -KILL "$pid" 2>/dev/null || true
    sleep 0.1
  done
  wait "$pid" 2>/dev/null || true
}
