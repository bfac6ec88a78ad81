#!/usr/bin/env bash
# Installs Python's drivers of PostgreSQL and MySQL, beside the packages of python-venv.sh, and
# prints their folder: for PYTHONPATH.
#
# usage: scripts/e2e/sql-drivers.sh
#
# 10 MB, kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions under a hash of what is in it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages=(psycopg==3.3.9 psycopg-binary==3.3.9 PyMySQL==1.2.4 greenlet==3.5.3)
hash=$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c1-16)
home=${XDG_CACHE_HOME:-$HOME/.cache}/feast-permissions/sql-drivers-$hash
if [[ ! -e $home/complete ]]; then
  python=$(./python-venv.sh)
  exec 9>"$home.lock"
  flock 9
  if [[ ! -e $home/complete ]]; then
    rm -rf "$home"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --target "$home" "${packages[@]}" >&2
    touch "$home/complete"
  fi
fi
printf '%s\n' "$home"
