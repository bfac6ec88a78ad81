#!/usr/bin/env bash
# Writes go.mod and go.sum of the Kubernetes API server for one Kubernetes version. Needs Go and its
# module proxy.
#
# usage: scripts/e2e/kube-apiserver/update.sh 1.36.3
#
# The Kubernetes module cannot be installed by itself: its go.mod points at folders of its own
# repository (`replace k8s.io/api => ./staging/...`). Each of those is also published as a module,
# at v0.MINOR.PATCH. So our go.mod takes the requirements over, with the published versions in place
# of the folders.
set -euo pipefail

version=${1:?"usage: $0 KUBERNETES_VERSION, for instance 1.36.3"}
staging=v0.${version#*.}
cd "$(dirname "${BASH_SOURCE[0]}")"

original=$(cd / && go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
{
  echo '// Written by update.sh. Do not edit.'
  printf 'module feast-permissions/kube-apiserver\n\n'
  grep -E '^(go|godebug) ' "$original"
  printf '\nrequire k8s.io/kubernetes v%s\n' "$version"
  sed -n '/^require (/,/^)/p' "$original" | sed -E "s|^(\tk8s\.io/[a-z-]+) v0\.0\.0( .*)?\$|\1 $staging|"
} >go.mod
rm -f go.sum
go mod tidy
echo "go.mod and go.sum are those of Kubernetes $version"
