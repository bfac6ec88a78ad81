#!/usr/bin/env bash
# Installs Azurite, an emulator of Azure Blob Storage, for the slow tests, once for each lock, and
# prints its folder.
#
# usage: scripts/e2e/azurite.sh
#
# Kept in ${XDG_CACHE_HOME:-~/.cache}/feast-permissions.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/npm-folder.sh" azurite
