#!/usr/bin/env bash
# Installs one release of Feast alone, beside the packages of python-venv.sh, and prints its folder:
# for PYTHONPATH.
#
# usage: scripts/e2e/feast-release.sh VERSION
#
# A few MB each, kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

version=$1
home=${XDG_CACHE_HOME:-$HOME/.cache}/feast-permissions/feast-$version
if [[ ! -e $home/complete ]]; then
  python=$(./python-venv.sh)
  exec 9>"$home.lock"
  flock 9
  if [[ ! -e $home/complete ]]; then
    rm -rf "$home"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --target "$home" "feast==$version" >&2
    touch "$home/complete"
  fi
fi
printf '%s\n' "$home"
