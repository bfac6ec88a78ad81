#!/usr/bin/env bash
# Installs another implementation of AWS's evaluation of policies for the slow tests, once for each
# lock, and prints its folder.
#
# usage: scripts/e2e/iam-oracle.sh
#
# Kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions, 20 MB. Its licence is AGPL-3.0: it is
# compared with, and is never part of the package or of what the package depends on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/iam-oracle"

lock=$(sha256sum package.json package-lock.json | sha256sum)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/feast-permissions
home=$cache/iam-oracle-${lock:0:16}

if [[ ! -d $home ]]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/iam-oracle.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cp package.json package-lock.json "$work"
  npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  # A folder that is half done is never found: it is renamed at the end.
  mv -T "$work" "$home" || [[ -d $home ]]
fi
printf '%s\n' "$home"
