#!/usr/bin/env bash
# Fetches Keycloak from Maven Central for the slow tests, once for each version, and prints its
# folder.
#
# usage: scripts/e2e/fetch-keycloak.sh
#
# 176 MB to download, 360 MB on disk. Needs Java 17 or newer and Maven. Kept in
# ${XDG_CACHE_HOME:-~/.cache}/feast-permissions, made ready to start with a database in memory.
set -euo pipefail

version=26.7.3
sha256=77657f30b7e90d70f727712ce1c967f430fd6a5e9f458d32d8c6df0635345f47

for command in java mvn; do
  command -v "$command" >/dev/null && continue
  echo "$command is not installed: apt-get install openjdk-17-jre-headless maven" >&2
  exit 1
done

cache=${XDG_CACHE_HOME:-$HOME/.cache}/feast-permissions
home=$cache/keycloak-$version-${sha256:0:16}

fetch() {
  mvn --quiet --batch-mode dependency:copy "-DoutputDirectory=$1" -Dmdep.useBaseVersion=true \
    "-Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz"
}

if [[ ! -d $home ]]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/keycloak.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  for attempt in 1 2 3; do
    fetch "$work" >&2 && break
    echo "attempt $attempt to fetch Keycloak failed" >&2
  done
  archive=$work/keycloak-quarkus-dist-$version.tar.gz
  sha256sum --check --quiet <<<"$sha256  $archive" >&2
  tar -xzf "$archive" -C "$work"
  # Keycloak compiles its configuration, which takes a while: done here, it is not done at each
  # start.
  "$work/keycloak-$version/bin/kc.sh" build --db=dev-mem >&2
  # A folder that is half done is never found: it is renamed at the end.
  mv -T "$work/keycloak-$version" "$home" || [[ -d $home ]]
fi
printf '%s\n' "$home"
