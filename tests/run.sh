#!/bin/bash
# Installs what is missing, builds the dev preset, and runs every check and every test.
#
#   tests/run.sh            checks, unit, simulation, integration, some fault tests, quick attacks
#   tests/run.sh --quick    without the integration and fault tests and the attacks
#   tests/run.sh --full     and, for the changed files and at most 6 minutes, clang-tidy and every header
#                           by itself; the tests and a short integration under address and
#                           undefined-behaviour sanitizers; some seconds of fuzzing for each target:
#                           what a change must pass
#   tests/run.sh --nightly  and what is long by nature: clang-tidy and headers for all files, the thread
#                           sanitizer, minutes of fuzzing, 200,000 simulated seeds, every fault, the
#                           README's first command, and every attack on the release programs: what a
#                           release must pass
#
# Works from any folder, needs no terminal, fails if any step failed. Ends with the last words of each
# step that failed, and where the time went.
set -uo pipefail
exec </dev/null

mode="${1:-}"
case "$mode" in
  "" | --quick | --full | --nightly) ;;
  *) echo "usage: tests/run.sh [--quick | --full | --nightly]" >&2; exit 2 ;;
esac

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root" || exit 1
export PYTHONDONTWRITEBYTECODE=1
export ORRERY_BIN="$root/build/dev/bin"

summary=()
failures=0
output="$(mktemp)"
last_words="$(mktemp)"
trap 'rm -f "$output" "$last_words"' EXIT

step() {
  local name="$1" began="$SECONDS" verdict=ok
  shift
  echo "==== $name"
  if ! "$@" 2>&1 | tee "$output"; then
    verdict=FAILED
    failures=$((failures + 1))
    { echo "==== failed: $name"; tail -n 60 "$output"; } >>"$last_words"
  fi
  summary+=("$(printf '%-28s %-6s %5d s' "$name" "$verdict" $((SECONDS - began)))")
  [[ "$verdict" == ok ]]
}

finish() {
  cat "$last_words"
  echo "==== summary"
  printf '%s\n' "${summary[@]}"
  printf '%-28s %-6s %5d s\n' total "$([[ $failures -eq 0 ]] && echo ok || echo FAILED)" "$SECONDS"
  exit $((failures > 0))
}

pytest() { /usr/bin/python3 -m pytest -q -p no:cacheprovider "$@"; }
build() { cmake --preset "$1" >/dev/null && cmake --build --preset "$1"; }
build_programs() {
  cmake --preset "$1" >/dev/null &&
    cmake --build --preset "$1" --target orrery orreryd scipy_worker test_worker
}
build_and_test() { build "$1" && ctest --preset "$1" --progress; }
# What a controller and its workers do to each other, with programs of another preset.
short_integration() {
  ORRERY_BIN="$root/build/$1/bin" ORRERY_TEST_SLOWDOWN=4 UBSAN_OPTIONS=print_stacktrace=1 \
    TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:suppressions=$root/tools/tsan_suppressions.txt" \
    pytest tests/integration/test_{durability,main_job,rerun}.py
}

# A released message may only change in ways that old peers and stored records can read.
buf_breaking() {
  local released
  released="$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null)" || return 0
  tools/buf breaking proto --against ".git#tag=$released,subdir=proto"
}

step "dependencies" deploy/install_dependencies.sh --tests || finish
step "format" tools/check_format.sh
step "layers and purity" tools/check_layers.py
step "sizes" tools/check_sizes.py
step "house style" tools/check_house.py
step "wire fields" tools/check_promises.py
step "words" tools/check_words.py
step "limits" tools/check_limits.py
step "buf lint" tools/buf lint proto
step "buf breaking" buf_breaking
step "tests of the tools" pytest tests/tools
step "build" build dev || finish
step "instructions of the engine" bench/instructions.py
step "unit and simulation" ctest --preset dev --progress --label-exclude integration
if [[ "$mode" != --quick ]]; then
  step "integration" pytest tests/integration
  step "faults" tests/fault/run.sh --quick
  step "attacks" tests/hostile/run.sh
fi
if [[ "$mode" == --full || "$mode" == --nightly ]]; then
  changed=(--changed --minutes 6)
  fuzz_seconds=10
  if [[ "$mode" == --nightly ]]; then
    changed=()
    fuzz_seconds=120
  fi
  step "clang-tidy, headers alone" tools/check_compiled.py "${changed[@]}"
  step "asan and ubsan" build_and_test asan
  step "asan, short integration" short_integration asan
  step "fuzz" tests/fuzz/run.sh "$fuzz_seconds"
fi
if [[ "$mode" == --nightly ]]; then
  step "tsan" build_and_test tsan
  step "tsan, short integration" short_integration tsan
  step "200,000 seeds" build/dev/bin/orrery-sim --seeds 1..200000 --jobs 2
  step "every fault" tests/fault/run.sh
  step "quickstart" deploy/quickstart.sh
  step "release programs" build_programs release
  step "every attack, as shipped" env ORRERY_BIN="$root/build/release/bin" tests/hostile/run.sh --nightly
fi
finish
