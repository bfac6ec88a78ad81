#!/usr/bin/env bash
# Runs a command on a version of Node.js that the package is tested on, which is installed where it
# is missing.
#
# usage: scripts/e2e/on-node.sh 20|22|24|26 COMMAND...     as in: scripts/e2e/on-node.sh 26 npm test
set -euo pipefail

runtimes=$("$(dirname "${BASH_SOURCE[0]}")/runtimes.sh")
folder=$runtimes/node_modules/node-${1:?the version is missing}/bin
if [[ ! -x $folder/node ]]; then
  echo "no Node.js $1 in ${runtimes}: see scripts/e2e/runtimes/package.json" >&2
  exit 2
fi
shift
PATH=$folder:$PATH exec "$@"
