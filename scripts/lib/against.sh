# Measures two builds in turns with the figures of scripts/bench, which sources this file.
# shellcheck shell=bash disable=SC2154  # variables are of the script that sources this

# compare OTHER THIS FIGURE...: OTHER and THIS are folders of programs.
compare() {
  local -A folder=([other]=$1 [this]=$2)
  local name round side sides
  shift 2
  check_programs "${folder[other]}"
  for name in "$@"; do
    echo "$name:"
    for ((round = 0; round < rounds; ++round)); do
      sides=(this other)
      ((round % 2 == 0)) || sides=(other this)
      for side in "${sides[@]}"; do
        turn "$name" "$side" "${folder[$side]}" || break 2
      done
    done
    report_figures "$scratch/$name.this" "$scratch/$name.other"
  done
}

check_programs() {
  local program
  for program in cardvault cardvault-sandbox bench_fill_vault bench_ceiling_server bench_bare_argon2; do
    [[ -x $1/$program ]] || die "there is no program $1/$program"
  done
}

# turn FIGURE this|other FOLDER: runs in its own process. If a commit cannot run a figure, only this
# figure is lost.
turn() {
  CARDVAULT_BUILD=$3 BENCH_FIGURES=$scratch/$1.$2 scripts/bench ${short:+--short} "$1" \
    >"$scratch/turn.log" 2>&1 && return
  tail -n 5 "$scratch/turn.log" >&2
  echo "  $1 cannot be measured with $3" >&2
  return 1
}

# report_figures THIS OTHER: prints one line for each figure that both have.
report_figures() {
  [[ -s $1 && -s $2 ]] || return 0
  LC_ALL=C awk -F '\t' '
    function sorted(values, n, out,   i, j, v) {
      for (i = 1; i <= n; ++i) {
        v = values[i]
        for (j = i - 1; j > 0 && out[j] > v; --j) out[j + 1] = out[j]
        out[j + 1] = v
      }
    }
    function at(values, n, part,   s) { sorted(values, n, s); return s[int((n - 1) * part + 0.5) + 1] }
    FNR == 1 { ++side }
    side == 1 { if (!($1 in wanted)) order[++figures] = $1; wanted[$1] = $3; mine[$1, ++m[$1]] = $2 }
    side == 2 { theirs[$1, ++t[$1]] = $2 }
    END {
      for (f = 1; f <= figures; ++f) {
        name = order[f]
        n = m[name] < t[name] ? m[name] : t[name]
        if (n == 0) continue
        split("", a); split("", b); split("", r)
        for (i = 1; i <= n; ++i) {
          a[i] = mine[name, i]; b[i] = theirs[name, i]
          # Above 1 is better, for both directions of a figure.
          r[i] = wanted[name] == "higher" ? a[i] / (b[i] ? b[i] : 1) : b[i] / (a[i] ? a[i] : 1)
        }
        middle = at(r, n, 0.5)
        mark = middle < 0.97 && at(r, n, 0.75) < 1 ? "WORSE" : middle > 1.03 && at(r, n, 0.25) > 1 ? "better" : "same"
        printf "  %s: %.4g, the other %.4g; ratio %.3f, above 1 is better (%.3f to %.3f, %d rounds): %s\n",
          name, at(a, n, 0.5), at(b, n, 0.5), middle, at(r, n, 0), at(r, n, 1), n, mark
      }
    }' "$1" "$2"
}
