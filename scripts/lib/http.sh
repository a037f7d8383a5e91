# HTTP for scripts. curl gets keys and tokens from 0600 header files and bodies from its standard
# input, because every user of a machine can read the arguments of its processes.
# Before sourcing it, `scratch` must name a private directory. If `ca_file` is set, it names the
# certificates of trusted authorities. `patience_s` is how long a 503 is retried, as a wallet's
# backend should do.
# shellcheck shell=bash disable=SC2034  # variables are for the script that sources this

# call METHOD URL HEADER_FILE [BODY [HEADER]]: sets status and answer; the headers of the answer are
# in $scratch/answer.headers.
call() {
  local method=$1 url=$2 headers=$3 body=${4-} extra=${5-}
  # --disable: ignore the caller's curl options. A loopback address needs no proxy.
  local options=(--disable --silent --show-error --max-time 30 --noproxy '127.0.0.1,localhost,::1'
    --request "$method" --header "@$headers" --output "$scratch/answer"
    --dump-header "$scratch/answer.headers" --write-out '%{http_code}')
  [[ -z $extra ]] || options+=(--header "$extra")
  [[ -z ${ca_file-} ]] || options+=(--cacert "$ca_file")
  if [[ -n $body ]]; then
    options+=(--header 'Content-Type: application/json' --data-binary @-)
  fi
  local give_up=$((SECONDS + ${patience_s:-0}))
  while :; do
    : >"$scratch/answer"
    status=$(curl "${options[@]}" "$url" <<<"$body") || status=000
    if [[ $status != 503 ]] || ((SECONDS >= give_up)); then break; fi
    sleep 0.2
  done
  answer=$(tr -d '\0' <"$scratch/answer")
}

# field FILTER: prints a member of the last answer, "" if it is absent.
field() { jq -r "$1 // empty" <<<"$answer" 2>/dev/null || true; }

# front_end_header TOKEN DEVICE FILE
front_end_header() { printf 'Authorization: Bearer %s\nDevice-Id: %s\n' "$1" "$2" >"$3"; }
