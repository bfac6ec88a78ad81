#!/usr/bin/env bash
# Installs packages of Python without what they require, beside those of python-venv.sh, and prints
# their folder: for PYTHONPATH.
#
# usage: scripts/e2e/python-packages.sh NAME PACKAGE...
#
# Kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions/NAME: another set needs another name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

home=${XDG_CACHE_HOME:-$HOME/.cache}/feast-permissions/$1
shift
if [[ ! -e $home/complete ]]; then
  python=$(./python-venv.sh)
  exec 9>"$home.lock"
  flock 9
  if [[ ! -e $home/complete ]]; then
    rm -rf "$home"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --target "$home" "$@" >&2
    touch "$home/complete"
  fi
fi
printf '%s\n' "$home"
