#!/usr/bin/env bash
# Installs the runtimes that the package is tested on (four versions of Node.js, Bun, Deno), once
# for each lock, and prints their folder.
#
# usage: scripts/e2e/runtimes.sh
#
# Kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions, 900 MB. For Linux on x64 with glibc.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/npm-folder.sh" runtimes
