#!/usr/bin/env bash
# Installs Python's drivers of PostgreSQL and MySQL, beside the packages of python-venv.sh, and
# prints their folder: for PYTHONPATH. 10 MB.
#
# usage: scripts/e2e/sql-drivers.sh
set -euo pipefail

packages=(psycopg==3.3.9 psycopg-binary==3.3.9 PyMySQL==1.2.4 greenlet==3.5.3)
hash=$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c1-16)
exec "$(dirname "${BASH_SOURCE[0]}")/python-packages.sh" "sql-drivers-$hash" "${packages[@]}"
