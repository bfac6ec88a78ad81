#!/usr/bin/env bash
# Installs, builds and fetches what the slow tests start: etcd, the Kubernetes API server and Keycloak.
#
# usage: scripts/e2e/prepare.sh
#
# Does nothing where all is there. Packages come from apt and need root (or sudo without a password); Go is not
# installed. The rest is kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages=()
command -v etcd >/dev/null || packages+=(etcd-server)
command -v java >/dev/null || packages+=(openjdk-17-jre-headless)
command -v mvn >/dev/null || packages+=(maven)

if [[ ${#packages[@]} -gt 0 ]]; then
  root=()
  [[ $(id -u) -eq 0 ]] || root=(sudo -n)
  apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
  "${root[@]}" "${apt[@]}" update
  "${root[@]}" "${apt[@]}" install -y --no-install-recommends "${packages[@]}"
fi

# The one that waits for the network goes along with the one that computes.
./fetch-keycloak.sh &
keycloak=$!
failed=0
./build-kube-apiserver.sh || failed=1
wait "$keycloak" || failed=1
exit "$failed"
