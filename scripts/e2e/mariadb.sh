#!/usr/bin/env bash
# Makes an empty MariaDB database with certificates of its own, for one run of a slow test, and
# prints its folder.
#
# usage: scripts/e2e/mariadb.sh
#
# The folder is the caller's to remove. Needs openssl and the programs of MariaDB, not its service.
# A folder of root is given to `nobody`, since MariaDB does not run as root.
set -euo pipefail

export PATH=$PATH:/usr/sbin
cd "$(dirname "${BASH_SOURCE[0]}")"

for command in mariadbd mariadb-install-db my_print_defaults openssl; do
  command -v "$command" >/dev/null && continue
  echo "$command is not installed: apt-get install mariadb-server-core mariadb-client-core openssl" >&2
  exit 1
done

folder=$(mktemp -d "${TMPDIR:-/tmp}/feast-permissions-mariadb.XXXXXX")
trap 'rm -rf "$folder"' EXIT
user=()
if [[ $(id -u) -eq 0 ]]; then
  chown nobody "$folder"
  user=(--user=nobody)
fi
mariadb-install-db --no-defaults "${user[@]}" "--datadir=$folder/data" --skip-name-resolve --skip-test-db \
  --auth-root-authentication-method=normal >"$folder/install.log" 2>&1 || { cat "$folder/install.log" >&2; exit 1; }

./certificate.sh "$folder"
[[ $(id -u) -ne 0 ]] || chown nobody "$folder"/*.pem
trap - EXIT
printf '%s\n' "$folder"
