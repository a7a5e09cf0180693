#!/usr/bin/env bash
# Installs, builds and runs the main job: one controller, one worker, one workflow, once with each
# serializer. Needs no other server. Run it again at any time; what is there already is kept.
#
#   deploy/quickstart.sh              everything
#   ORRERY_PRESET=dev deploy/quickstart.sh      with another build preset
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
preset=${ORRERY_PRESET:-release}
bin=$repository/build/$preset/bin
root=$repository/build/quickstart
workflow=00000000-0000-0000-0000-0000000000cf
cd "$repository"

step() { printf '\n== %s\n' "$*"; }

step "Installing what is missing"
deploy/install_dependencies.sh

step "Building (preset $preset)"
mkdir -p "$repository/build"
cmake --preset "$preset" >"$repository/build/quickstart-configure.log" 2>&1 ||
  { cat "$repository/build/quickstart-configure.log"; exit 1; }
cmake --build --preset "$preset" --target orrery orreryd scipy_worker array_pipeline

controller=
worker=
stop() {
  if [ -n "$worker" ]; then kill "$worker" 2>/dev/null || true; wait "$worker" 2>/dev/null || true; fi
  if [ -n "$controller" ]; then
    kill "$controller" 2>/dev/null || true
    wait "$controller" 2>/dev/null || true
  fi
  worker= controller=
}
trap stop EXIT

# The first line that says `ready`, or the log if the program ends before.
await_ready() {
  local pid=$1 log=$2
  until grep -q 'ready' "$log"; do
    kill -0 "$pid" 2>/dev/null || { cat "$log"; exit 1; }
    sleep 0.05
  done
}

step "Starting the controller on $root"
rm -rf "$root"
mkdir -p "$root"
export ORRERY_HOME=$root ORRERY_SERVER=unix:$root/orreryd.sock
"$bin/orreryd" --root "$root" --listen "unix:$root/orreryd.sock" >"$root/orreryd.log" 2>&1 &
controller=$!
await_ready "$controller" "$root/orreryd.log"
grep ready "$root/orreryd.log"

for method in default tolist save raw; do
  step "SER_METHOD=$method"
  if [ "$method" = default ]; then unset SER_METHOD; else export SER_METHOD=$method; fi
  "$bin/scipy_worker" >"$root/scipy_worker-$method.log" 2>&1 &
  worker=$!
  "$bin/orrery" run -f examples/array_pipeline/graph.json --id 207 --name "array pipeline" \
    --clean --wait-for-workers --timeout 60
  checkpoint=$root/checkpoints/$workflow/-.N2/outputs/value
  printf 'output p: '
  "$bin/orrery" output 207 p
  printf '\ncheckpoint of linspace: %s\n' "$checkpoint"
  head -c 128 "$checkpoint" | od -A d -c | head -n 6
  kill "$worker"
  wait "$worker" || { echo "the worker did not stop cleanly"; cat "$root/scipy_worker-$method.log"; exit 1; }
  worker=
done

step "The same graph from C++, with the typed builder"
unset SER_METHOD
"$bin/scipy_worker" >"$root/scipy_worker-cpp.log" 2>&1 &
worker=$!
"$bin/array_pipeline" --id 207 --clean

step "Stopping"
stop
printf 'checkpoints: %s\n' "$root/checkpoints/$workflow"
