#!/usr/bin/env bash
# Package:   feast 0.67.0 (PyPI), Python 3.11
# Behaviour: a permission with the documented policy AllowAll is applied without an error. From then
#            on the registry's permissions cannot be read: `feast permissions list` and a second,
#            unchanged `feast apply` both end with "The list 'policy' must be non-empty.", because
#            the allow-all policy is written as an absent policy. Deleting the record through the
#            SDK repairs the registry.
# Seen:      2026-11-30
#            feast apply             exit 0   Created permission everyone
#            feast permissions list  exit 1   ValueError: The list 'policy' must be non-empty.
#            feast apply (again)     exit 1   ValueError: The list 'policy' must be non-empty.
#            after delete_permission exit 0
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'feast==0.67.0'
export FEAST_USAGE=False HOME=$work PATH=$work/venv/bin:$PATH

mkdir "$work/repo" && cd "$work/repo"
cat >feature_store.yaml <<'YAML'
project: demo
provider: local
registry: registry.db
online_store: {type: sqlite, path: online.db}
entity_key_serialization_version: 3
YAML
cat >definitions.py <<'PYTHON'
from feast import Entity
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import AllowAll

driver = Entity(name="driver", join_keys=["driver_id"])
everyone = Permission(name="everyone", types=[Entity], policy=AllowAll, actions=[AuthzedAction.DESCRIBE])
PYTHON

failed=0
try() { # expected exit status, command
  local wanted=$1 status=0
  shift
  "$@" >"$work/output" 2>&1 || status=$?
  printf '%-40s exit %s   %s\n' "$*" "$status" "$(grep -E 'Created permission|ValueError' "$work/output" | tail -1 || true)"
  [[ $status == "$wanted" ]] || failed=1
}

try 0 feast apply
try 1 feast permissions list
grep -q "The list 'policy' must be non-empty" "$work/output" || failed=1
try 1 feast apply
try 0 python -c 'from feast import FeatureStore; FeatureStore(repo_path=".").registry.delete_permission("everyone", "demo")'
try 0 feast permissions list
((failed == 0)) || { echo "the behaviour has changed"; exit 1; }
echo "seen as described"
