#!/usr/bin/env bash
# Installs one release of Feast alone, beside the packages of python-venv.sh, and prints its folder:
# for PYTHONPATH. A few MB each.
#
# usage: scripts/e2e/feast-release.sh VERSION
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/python-packages.sh" "feast-$1" "feast==$1"
