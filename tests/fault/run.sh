#!/bin/bash
# Injects every fault and prints the table of docs/reliability.md: what was done, what was promised,
# and what was seen.
#
#   tests/fault/run.sh                      all of it: 100 kills and more, 10 to 20 minutes
#   tests/fault/run.sh --quick              few faults of each kind: less than 2 minutes
#   tests/fault/run.sh [--quick] -k NAME    those whose test has this name
#
# Other arguments are pytest's. ORRERY_FAULT_SEED chooses other moments. Network namespaces, small
# file systems and memory limits need root; without it these rows say so.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
exec /usr/bin/python3 -B -m pytest -q -p no:cacheprovider tests/fault "$@"
