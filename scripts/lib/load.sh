# Load by wrk, and figures from it. Before sourcing it, `scratch` must name a private directory.
# shellcheck shell=bash disable=SC2034  # variables are for the script that sources this

# load KIND URL CONNECTIONS SECONDS [WALLETS_FILE]: runs bench/load.lua and sets requests, failed,
# rate (successful answers a second), p50_us and p99_us.
load() {
  local kind=$1 url=$2 connections=$3 duration=$4 wallets=${5-$scratch/wallets} took
  local threads=2
  ((connections >= 2)) || threads=1
  BENCH_LOAD=$kind BENCH_WALLETS=$wallets BENCH_BACKEND=$scratch/backend.header \
    wrk -t "$threads" -c "$connections" -d "${duration}s" --timeout 30s --latency -s bench/load.lua "$url" \
    >"$scratch/wrk.$kind"
  read -r requests failed took p50_us p99_us \
    < <(sed -n 's/^result //p' "$scratch/wrk.$kind") || { cat "$scratch/wrk.$kind" >&2; return 1; }
  rate=$(compute "($requests - $failed) / $took")
}

# compute EXPRESSION: the expression may have only numbers.
compute() { LC_ALL=C awk "BEGIN { printf \"%.4g\", $1 }"; }

# holds EXPRESSION
holds() { LC_ALL=C awk "BEGIN { exit !($1) }"; }

median() { printf '%s\n' "$@" | LC_ALL=C sort -g | sed -n "$((($# + 1) / 2))p"; }

# verdict TEXT VALUE RELATION WANTED UNIT: prints one line of the report.
verdict() {
  local met=missed
  case $3 in
    '>='|'>') figure "$1" "$2" higher ;;
    '<='|'<') figure "$1" "$2" lower ;;
  esac
  ! holds "$2 $3 $4" || met=met
  printf '%s: %s%s (wanted %s %s%s): %s\n' "$1" "$2" "$5" "$3" "$4" "$5" "$met"
}

# figure NAME VALUE higher|lower: keeps the value for a comparison, if there is one. The third word
# says which direction is better.
figure() {
  [[ -z ${figures_file-} ]] || printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$figures_file"
}

# counted SELECTOR [UNLESS]: the value of a counter at $admin_url: the sum of all series that begin
# with SELECTOR and do not match UNLESS.
counted() {
  curl --disable --silent --show-error --fail --noproxy '*' "$admin_url/metrics" |
    awk -v selector="$1" -v unless="${2-}" \
      'index($0, selector) == 1 && (unless == "" || $0 !~ unless) { sum += $NF }
       END { printf "%d", sum }'
}
