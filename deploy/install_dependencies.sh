#!/bin/bash
# Installs the Debian packages Orrery needs and is missing; with --tests also what its tests need.
# When nothing is missing it takes no root, no network and well under a second.
set -euo pipefail

folder="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
lists=("$folder/packages.txt")
case "${1:-}" in
  "") ;;
  --tests) lists+=("$folder/packages_test.txt") ;;
  *) echo "usage: install_dependencies.sh [--tests]" >&2; exit 2 ;;
esac

# shellcheck source=/dev/null
release="$(. /etc/os-release 2>/dev/null && echo "${ID:-unknown} ${VERSION_ID:-}")"
if [[ "$release" != "debian 12" ]]; then
  echo "install_dependencies: this is '$release', Orrery builds on 'debian 12'" >&2
  exit 1
fi

installed="$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' |
  sed -n 's/^installed //p')"
missing=()
while read -r package command; do
  [[ -z "$package" || "$package" == \#* ]] && continue
  [[ -n "$command" ]] && command -v "$command" >/dev/null && continue
  grep --quiet --line-regexp --fixed-strings "$package" <<<"$installed" || missing+=("$package")
done <<<"$(cat "${lists[@]}")"
[[ ${#missing[@]} -eq 0 ]] && exit 0

as_root=()
if [[ "$(id -u)" -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "install_dependencies: run as root or install sudo; missing: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "installing ${missing[*]}"
"${as_root[@]}" apt-get update --quiet
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --quiet --no-install-recommends "${missing[@]}" </dev/null
