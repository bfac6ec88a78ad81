#!/usr/bin/env bash
# Installs another implementation of AWS's evaluation of policies for the slow tests, once for each
# lock, and prints its folder.
#
# usage: scripts/e2e/iam-oracle.sh
#
# Kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions, 20 MB. Its licence is AGPL-3.0: it is
# compared with, and is never part of the package or of what the package depends on.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/npm-folder.sh" iam-oracle
