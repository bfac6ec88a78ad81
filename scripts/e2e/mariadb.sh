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

# A certificate authority of its own, and the server's certificate for the loopback interface.
key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2)
openssl req -x509 "${key[@]}" -subj '/CN=feast-permissions test authority' \
  -keyout "$folder/ca-key.pem" -out "$folder/ca.pem" 2>/dev/null
openssl req "${key[@]}" -subj '/CN=localhost' -keyout "$folder/key.pem" -out "$folder/request.pem" 2>/dev/null
openssl x509 -req -in "$folder/request.pem" -CA "$folder/ca.pem" -CAkey "$folder/ca-key.pem" -days 2 \
  -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1') -out "$folder/certificate.pem" 2>/dev/null
rm "$folder/ca-key.pem" "$folder/request.pem"
[[ $(id -u) -ne 0 ]] || chown nobody "$folder"/*.pem
trap - EXIT
printf '%s\n' "$folder"
