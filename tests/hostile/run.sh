#!/bin/bash
# Attacks the controller in every way that tests/hostile knows, with the programs of ORRERY_BIN.
#
#   tests/hostile/run.sh                      those that are quick
#   tests/hostile/run.sh --nightly            all of them
#   tests/hostile/run.sh [--nightly] -k NAME  those whose test has this name
#
# Other arguments are pytest's.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
exec /usr/bin/python3 -B -m pytest -q -p no:cacheprovider tests/hostile "$@"
