#!/bin/bash
# Measures Orrery, the machine's own limits and other systems, side by side, and writes a report.
#
#   bench/run.sh                    all of it: an hour or two on a machine that does nothing else
#   bench/run.sh --quick            small sizes, once each, no peers: shows that it works
#   bench/run.sh --only S1,S6       these scenarios
#   bench/run.sh --peers Dask,Ray   these peers; --peers none: none
#   bench/run.sh --write-table docs/performance.md   the table goes there, too
#
# Builds what is missing, installs the peers under build/bench, and writes build/bench/report.json and
# report.html. docs/performance.md says what the numbers mean.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"

if [[ "${1:-}" != --help ]]; then
  deploy/install_dependencies.sh
  cmake --preset release >/dev/null
  cmake --build --preset release --target benchmarks
fi
PYTHONPATH=bench exec /usr/bin/python3 -B -m suite --programs "$root/build/release/bin" "$@"
