#!/usr/bin/env bash
# Installs moto, a server that takes the place of AWS in the slow tests, and prints the path of its
# program.
#
# usage: scripts/e2e/moto.sh
#
# 40 MB to download, 150 MB on disk. See make-venv.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

home=$(./make-venv.sh moto moto/requirements.txt)
printf '%s\n' "$home/bin/moto_server"
