#!/usr/bin/env bash
# Builds the Kubernetes API server for the slow tests, once for each version, and prints its path.
#
# usage: scripts/e2e/build-kube-apiserver.sh
#
# About ten minutes of CPU time, 2 GB of memory and 3.5 GB of Go caches. The binary is kept in
# ${XDG_CACHE_HOME:-~/.cache}/feast-permissions, under a hash of what it is made from.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/kube-apiserver"

version=$(sed -n 's/^require k8s\.io\/kubernetes //p' go.mod)
hash=$(cat go.mod go.sum main.go | sha256sum | cut -c1-16)
directory=${XDG_CACHE_HOME:-$HOME/.cache}/feast-permissions/kube-apiserver-$hash
binary=$directory/kube-apiserver

build() {
  local package=k8s.io/component-base/version minor=${version#v*.}
  # The version is what `/version` answers, and what the API server chooses its defaults by.
  local flags="-s -w -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=${minor%%.*}"
  CGO_ENABLED=0 GOWORK=off go build -trimpath -buildvcs=false -ldflags "$flags" -o "$1" .
}

if [[ ! -x $binary ]]; then
  command -v go >/dev/null || { echo 'go is not installed: https://go.dev/doc/install' >&2; exit 1; }
  mkdir -p "$directory"
  # A build that is stopped half way leaves no binary: it is renamed at the end.
  for attempt in 1 2 3; do
    build "$binary.$$" >&2 && break
    echo "attempt $attempt to build the API server failed" >&2
  done
  mv "$binary.$$" "$binary"
fi
printf '%s\n' "$binary"
