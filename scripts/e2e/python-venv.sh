#!/usr/bin/env bash
# Installs the Python clients of Feast and Arrow Flight for the slow tests, and prints the path of
# their Python.
#
# usage: scripts/e2e/python-venv.sh
#
# 170 MB to download, 620 MB on disk. See make-venv.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Their pinned packages were chosen for this one; another may do, where it is not there.
if [[ -z ${PYTHON:-} ]] && command -v python3.11 >/dev/null; then export PYTHON=python3.11; fi
home=$(./make-venv.sh python requirements.txt)
printf '%s\n' "$home/bin/python"
