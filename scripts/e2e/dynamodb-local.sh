#!/usr/bin/env bash
# Fetches DynamoDB Local from Maven Central for the slow tests, once for each version, and prints
# its folder.
#
# usage: scripts/e2e/dynamodb-local.sh
#
# 51 MB to download. Needs Java 17 or newer and Maven. Kept in
# ${XDG_CACHE_HOME:-~/.cache}/feast-permissions.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/dynamodb-local"

# Of all files, in the order of their names: the sum of their sums.
sha256=1bed966b5eb504444fb6bc9a3d35bf415cde726bc89a0a6505570d985ebed5c9

for command in java mvn; do
  command -v "$command" >/dev/null && continue
  echo "$command is not installed: apt-get install openjdk-17-jre-headless maven" >&2
  exit 1
done

cache=${XDG_CACHE_HOME:-$HOME/.cache}/feast-permissions
home=$cache/dynamodb-local-${sha256:0:16}

if [[ ! -d $home ]]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/dynamodb-local.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  for attempt in 1 2 3; do
    mvn --quiet --batch-mode dependency:copy-dependencies "-DoutputDirectory=$work/lib" >&2 && break
    echo "attempt $attempt to fetch DynamoDB Local failed" >&2
  done
  found=$(cd "$work/lib" && LC_ALL=C sha256sum * | sha256sum | cut -d' ' -f1)
  if [[ $found != "$sha256" ]]; then
    echo "what was fetched is not what is expected: $found" >&2
    exit 1
  fi
  # A folder that is half done is never found: it is renamed at the end.
  mv -T "$work/lib" "$home" || [[ -d $home ]]
fi
printf '%s\n' "$home"
