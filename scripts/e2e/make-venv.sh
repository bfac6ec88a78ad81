#!/usr/bin/env bash
# Makes a Python environment of pinned packages, once for each list of them, and prints its folder.
#
# usage: scripts/e2e/make-venv.sh NAME REQUIREMENTS
#
# Needs Python 3.11 or newer with venv; PYTHON names another than `python3`. Kept in
# ${XDG_CACHE_HOME:-~/.cache}/feast-permissions, under NAME and a hash of what it is made from.
set -euo pipefail

name=$1
requirements=$2
python=${PYTHON:-python3}
hash=$(sha256sum <"$requirements" | cut -c1-16)
home=${XDG_CACHE_HOME:-$HOME/.cache}/feast-permissions/$name-$hash

if [[ ! -e $home/complete ]]; then
  if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "$python is not Python 3.11 or newer with venv: apt-get install python3-venv" >&2
    exit 1
  fi
  mkdir -p "${home%/*}"
  # An environment knows its own path and cannot be renamed: a mark says that it is whole, a lock
  # that one makes it.
  exec 9>"$home.lock"
  flock 9
  if [[ ! -e $home/complete ]]; then
    rm -rf "$home"
    "$python" -m venv "$home" >&2
    for attempt in 1 2 3; do
      if "$home/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements" >&2; then
        "$home/bin/pip" check >&2
        touch "$home/complete"
        break
      fi
      echo "attempt $attempt to install the packages of $name failed" >&2
    done
  fi
  [[ -e $home/complete ]]
fi
printf '%s\n' "$home"
