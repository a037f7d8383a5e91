# HTTP for scripts. Keys and tokens reach curl in 0600 header files and bodies on its standard
# input, because every user of a machine can read the arguments of its processes.
# To be sourced, after `scratch` names a private directory.
# shellcheck shell=bash disable=SC2034  # variables are for whoever sources this

# call METHOD URL HEADER_FILE [BODY [HEADER]]: sets status and answer; headers of the answer are in
# $scratch/answer.headers.
call() {
  local method=$1 url=$2 headers=$3 body=${4-} extra=${5-}
  # --disable: not with the options of whoever runs this. A loopback address needs no proxy.
  local options=(--disable --silent --show-error --max-time 30 --noproxy '127.0.0.1,localhost,::1'
    --request "$method" --header "@$headers" --output "$scratch/answer"
    --dump-header "$scratch/answer.headers" --write-out '%{http_code}')
  [[ -z $extra ]] || options+=(--header "$extra")
  : >"$scratch/answer"
  if [[ -n $body ]]; then
    options+=(--header 'Content-Type: application/json' --data-binary @-)
  fi
  status=$(curl "${options[@]}" "$url" <<<"$body") || status=000
  answer=$(tr -d '\0' <"$scratch/answer")
}

# field FILTER: a member of the last answer, "" when it has none.
field() { jq -r "$1 // empty" <<<"$answer" 2>/dev/null || true; }

# front_end_header TOKEN DEVICE FILE
front_end_header() { printf 'Authorization: Bearer %s\nDevice-Id: %s\n' "$1" "$2" >"$3"; }
