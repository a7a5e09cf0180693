#!/bin/bash
# Names C++ files that clang-format would change, each with the first such line; --fix changes them.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

clang_format() {
  git ls-files -z --cached --others --exclude-standard '*.h' '*.cc' |
    xargs --null --no-run-if-empty --max-procs=2 --max-args=16 clang-format-14 "$@"
}

if [[ "${1:-}" == "--fix" ]]; then
  clang_format -i
elif ! report="$(clang_format --dry-run --Werror 2>&1)"; then
  grep --only-matching --perl-regexp '^[^ :]+:\d+(?=:\d+: error)' <<<"$report" |
    sort --unique --field-separator=: --key=1,1
  echo "clang-format would change these files: run tools/check_format.sh --fix"
  exit 1
fi
