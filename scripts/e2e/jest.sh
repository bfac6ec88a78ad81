#!/usr/bin/env bash
# Installs jest for the slow tests, once for each lock, and prints its folder.
#
# usage: scripts/e2e/jest.sh
#
# Kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions, 50 MB.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/npm-folder.sh" jest
