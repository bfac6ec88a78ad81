#!/usr/bin/env bash
# Makes an empty PostgreSQL database with certificates of its own, for one run of a slow test, and
# prints its folder: `data`, `bin` (a link to the programs), `ca.pem`.
#
# usage: scripts/e2e/postgresql.sh PASSWORD
#
# The folder is the caller's to remove. The user `postgres` gets in with PASSWORD. Needs openssl and
# the programs of PostgreSQL, not its service. A folder of root is given to `nobody`, since
# PostgreSQL does not run as root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

password=$1
programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1 || true)
if [[ -z $programs ]]; then
  initdb=$(command -v initdb) || { echo 'initdb is not installed: apt-get install postgresql' >&2; exit 1; }
  programs=$(dirname "$(readlink -f "$initdb")")
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/feast-permissions-postgresql.XXXXXX")
trap 'rm -rf "$folder"' EXIT
ln -s "$programs" "$folder/bin"
printf '%s\n' "$password" >"$folder/password"
./certificate.sh "$folder"
user=()
if [[ $(id -u) -eq 0 ]]; then
  chown -R nobody "$folder"
  user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
(
  cd "$folder"
  "${user[@]}" "$folder/bin/initdb" --pgdata="$folder/data" --username=postgres --pwfile="$folder/password" \
    --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync
) >"$folder/install.log" 2>&1 || { cat "$folder/install.log" >&2; exit 1; }
rm "$folder/password"
trap - EXIT
printf '%s\n' "$folder"
