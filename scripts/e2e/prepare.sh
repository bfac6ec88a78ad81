#!/usr/bin/env bash
# Installs, builds and fetches what the slow tests start: etcd, the Kubernetes API server, Keycloak,
# MariaDB, PostgreSQL, DynamoDB Local, moto, Azurite, an emulator of Google Cloud Storage, the
# Python clients of Feast and Arrow Flight, an oracle of AWS's evaluation of policies, jest, and the
# runtimes, and Chromium.
#
# usage: scripts/e2e/prepare.sh
#
# Does nothing where all is there. Packages come from apt and need root (or sudo without a
# password); Go is not installed. The rest is kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages=()
command -v etcd >/dev/null || packages+=(etcd-server)
command -v java >/dev/null || packages+=(openjdk-17-jre-headless)
command -v mvn >/dev/null || packages+=(maven)
command -v openssl >/dev/null || packages+=(openssl)
command -v mariadbd >/dev/null || [[ -x /usr/sbin/mariadbd ]] || packages+=(mariadb-server-core)
[[ -d /usr/lib/postgresql ]] || command -v initdb >/dev/null || packages+=(postgresql)
command -v mariadb >/dev/null || packages+=(mariadb-client-core)
command -v chromium >/dev/null || packages+=(chromium)
python3 -c 'import venv, ensurepip' 2>/dev/null || packages+=(python3-venv)

if [[ ${#packages[@]} -gt 0 ]]; then
  root=()
  [[ $(id -u) -eq 0 ]] || root=(sudo -n)
  apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
  "${root[@]}" "${apt[@]}" update
  "${root[@]}" "${apt[@]}" install -y --no-install-recommends "${packages[@]}"
fi

# Those that wait for the network go along with the one that computes.
fetch=(./fetch-keycloak.sh ./dynamodb-local.sh ./moto.sh ./azurite.sh ./gcs-emulator.sh ./python-venv.sh ./iam-oracle.sh ./jest.sh ./runtimes.sh)
jobs=()
for script in "${fetch[@]}"; do
  "$script" &
  jobs+=($!)
done
failed=0
./build-kube-apiserver.sh || failed=1
for index in "${!jobs[@]}"; do
  if wait "${jobs[index]}"; then continue; fi
  echo "${fetch[index]} failed" >&2
  failed=1
done
# Beside the packages that python-venv.sh has installed.
./sql-drivers.sh >/dev/null || failed=1
for version in 0.66.0 0.67.0; do ./feast-release.sh "$version" >/dev/null || failed=1; done
exit "$failed"
