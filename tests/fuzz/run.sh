#!/bin/bash
# Builds the fuzz targets (preset asan) and lets every target make up inputs for a while, two at a time.
#
#   tests/fuzz/run.sh [SECONDS [TARGET...]]      60 seconds and all targets by default
#
# The seed is the same each time, so that a change and not chance decides; ORRERY_FUZZ_SEED=0 takes
# another one each time, and finds more.
#
# Prints a line a target, and for what was found the input and how to run it again; fails if
# anything was. What a run learned stays in build/asan/fuzz/corpus and makes the next one deeper.
set -uo pipefail
exec </dev/null

seconds="${1:-60}"
[[ "$seconds" =~ ^[1-9][0-9]*$ ]] || { echo "usage: tests/fuzz/run.sh [SECONDS [TARGET...]]" >&2; exit 2; }
shift || true

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cd "$root" || exit 1
out=build/asan/fuzz

# One input may take so long, and everything at once so much; nothing that comes in from outside
# justifies more.
limits=(-timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=1024)
export UBSAN_OPTIONS=print_stacktrace=1

cmake --preset asan >/dev/null && cmake --build --preset asan --target tests_fuzz || exit 1

fuzz_one() {
  local name="$1" bytes_max="$2" dictionary="$3" log="$out/$1.log" found="$out/found/$1"
  local -a folders arguments
  read -ra folders <<<"$4"
  mkdir -p "build/asan/fuzz/corpus/$name" "$found"
  rm -f "$found"/*
  arguments=("${limits[@]}" "-max_len=$bytes_max")
  [[ -n "$dictionary" ]] && arguments+=("-dict=tests/fuzz/$dictionary")

  local verdict=ok
  "$out/${name}_fuzzer" "${arguments[@]}" "-max_total_time=$seconds" \
    "-seed=${ORRERY_FUZZ_SEED:-1}" -print_final_stats=1 \
    "-artifact_prefix=$found/" "build/asan/fuzz/corpus/$name" "${folders[@]}" >"$log" 2>&1 ||
    verdict=FAILED
  local runs
  runs="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  printf '%-20s %-6s %12s executions\n' "$name" "$verdict" "${runs:-?}"
  [[ "$verdict" == ok ]] && return 0
  grep -m 3 -E 'ERROR: |SUMMARY: |runtime error: |CHECK' "$log" | sed 's/^/    /'
  for input in "$found"/*; do
    [[ -f "$input" ]] || continue
    echo "    input:     $input"
    echo "    reproduce: $out/${name}_fuzzer ${limits[*]} $input"
  done
  echo "    log:       $log"
  return 1
}

failures=0
running=0
while IFS='|' read -r name bytes_max dictionary folders; do
  [[ $# -gt 0 && ! " $* " == *" $name "* ]] && continue
  if [[ $running -ge 2 ]]; then
    wait -n || failures=$((failures + 1))
    running=$((running - 1))
  fi
  fuzz_one "$name" "$bytes_max" "$dictionary" "$folders" &
  running=$((running + 1))
done <"$out/targets.txt"
while [[ $running -gt 0 ]]; do
  wait -n || failures=$((failures + 1))
  running=$((running - 1))
done
exit $((failures > 0))
