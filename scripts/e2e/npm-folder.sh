#!/usr/bin/env bash
# Installs what a folder's package-lock.json locks, once for each lock, and prints the folder that
# has the packages.
#
# usage: scripts/e2e/npm-folder.sh FOLDER     from this folder, as in: npm-folder.sh iam-oracle
#
# Kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/$1"
name=$(basename "$PWD")

lock=$(sha256sum package.json package-lock.json | sha256sum)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/feast-permissions
home=$cache/$name-${lock:0:16}

if [[ ! -d $home ]]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/$name.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cp package.json package-lock.json "$work"
  npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  # A folder that is half done is never found: it is renamed at the end.
  mv -T "$work" "$home" || [[ -d $home ]]
fi
printf '%s\n' "$home"
