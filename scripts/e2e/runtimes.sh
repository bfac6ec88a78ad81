#!/usr/bin/env bash
# Installs the runtimes that the package is tested on (four versions of Node.js, Bun, Deno), once
# for each lock, and prints their folder.
#
# usage: scripts/e2e/runtimes.sh
#
# Kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions, 900 MB. For Linux on x64 with glibc.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/runtimes"

lock=$(sha256sum package.json package-lock.json | sha256sum)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/feast-permissions
home=$cache/runtimes-${lock:0:16}

if [[ ! -d $home ]]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/runtimes.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cp package.json package-lock.json "$work"
  npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  # A folder that is half done is never found: it is renamed at the end.
  mv -T "$work" "$home" || [[ -d $home ]]
fi
printf '%s\n' "$home"
