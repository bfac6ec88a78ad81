#!/usr/bin/env bash
# Installs gcp-storage-emulator, which takes the place of Google Cloud Storage in the slow tests, and
# prints the path of its program.
#
# usage: scripts/e2e/gcs-emulator.sh
#
# A few MB. See make-venv.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

home=$(./make-venv.sh gcs-emulator gcs-emulator/requirements.txt)
printf '%s\n' "$home/bin/gcp-storage-emulator"
