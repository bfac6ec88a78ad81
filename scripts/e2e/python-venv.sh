#!/usr/bin/env bash
# Makes the Python environment of the slow tests, once for each list of packages, and prints the path of its Python.
#
# usage: scripts/e2e/python-venv.sh
#
# 170 MB to download, 620 MB on disk. Needs Python 3.11 or newer with venv; PYTHON names another than `python3.11`.
# Kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions, under a hash of what it is made from.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"

python=${PYTHON:-python3.11}
hash=$(sha256sum <requirements.txt | cut -c1-16)
home=${XDG_CACHE_HOME:-$HOME/.cache}/feast-permissions/python-$hash

if [[ ! -e $home/complete ]]; then
  if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "$python is not Python 3.11 or newer with venv: apt-get install python3.11-venv" >&2
    exit 1
  fi
  mkdir -p "${home%/*}"
  # An environment knows its own path and cannot be renamed: a mark says that it is whole, a lock that one makes it.
  exec 9>"$home.lock"
  flock 9
  if [[ ! -e $home/complete ]]; then
    rm -rf "$home"
    "$python" -m venv "$home" >&2
    for attempt in 1 2 3; do
      if "$home/bin/pip" install --quiet --disable-pip-version-check --no-deps -r requirements.txt >&2; then
        "$home/bin/pip" check >&2
        touch "$home/complete"
        break
      fi
      echo "attempt $attempt to install the Python packages failed" >&2
    done
  fi
  [[ -e $home/complete ]]
fi
printf '%s\n' "$home/bin/python"
